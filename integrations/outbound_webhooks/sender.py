"""Sends what is due: one worker serves many endpoints, none of which can keep it from the others."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from django.utils import timezone

from integrations.db import leases
from integrations.models import WebhookDelivery
from integrations.outbound_webhooks import lanes, messages, outcomes, signing
from integrations.outbound_webhooks.lanes import Lane
from integrations.outbound_webhooks.outcomes import Outcome
from integrations.outbound_webhooks.requests import Answer, Request

# Requests at once, of all endpoints; and endpoints.
MOST_REQUESTS, MOST_LANES = 96, 64
# Seconds: how long answers are waited for before something else is done, and how long for more of them.
TURN, GATHER = 0.25, 0.01


def work(*, seconds: float) -> bool:
    """Sends for so long, then waits for the answers; returns whether there is more to be sent."""
    ends_at = time.monotonic() + seconds
    with ThreadPoolExecutor(MOST_REQUESTS, thread_name_prefix="webhooks") as threads:
        sender = _Sender(threads)
        try:
            while sender.turn(is_ending=time.monotonic() > ends_at):
                pass
        finally:
            sender.end()
    return lanes.is_due(timezone.now())


class _Sender:
    """All that touches the database is here, in one thread; the others only make requests."""

    def __init__(self, threads: ThreadPoolExecutor) -> None:
        self._threads, self._holder = threads, leases.new_holder()
        self._lanes: dict[str, Lane] = {}
        self._running: dict[Future[Answer], tuple[Lane, WebhookDelivery, Request]] = {}

    def turn(self, *, is_ending: bool) -> bool:
        """Begins what can be begun, and notes what has ended; returns whether anything is under way."""
        self._drop_ended()
        if not is_ending:
            self._take()
            for lane in self._lanes.values():
                self._fill(lane)
        if not self._running:
            return False
        self._note(self._finished())
        return True

    def end(self) -> None:
        """Ends what is left, after a failure of the database, and lets others have the endpoints."""
        for _lane, _delivery, request in self._running.values():
            request.abort()
        lanes.release(self._holder, self._lanes)
        for lane in self._lanes.values():
            lane.route.close()

    def _drop_ended(self) -> None:
        """Lets go of endpoints that were deleted or disabled, or for which nothing is left."""
        held = lanes.keep(self._holder, timezone.now()) if self._lanes else {}
        for pk, lane in self._lanes.items():
            lane.follow(held.get(pk), timezone.now())
        over = [pk for pk, lane in self._lanes.items() if lane.is_over and not lane.busy]
        if over:
            lanes.release(self._holder, over)
            for pk in over:
                self._lanes.pop(pk).route.close()

    def _take(self) -> None:
        room = MOST_LANES - len(self._lanes)
        if room > 0:
            for lane in lanes.take(self._holder, room, timezone.now()):
                self._lanes[lane.endpoint.pk] = lane

    def _fill(self, lane: Lane) -> None:
        if lane.room > 0 and not lane.waiting:
            lanes.read(lane, timezone.now())
            lane.is_over = not lane.waiting and not lane.busy
        while len(self._running) < MOST_REQUESTS and (delivery := lane.next()):
            self._begin(lane, delivery)

    def _begin(self, lane: Lane, delivery: WebhookDelivery) -> None:
        event = delivery.event
        body = messages.body(event)
        headers = signing.headers(event.pk, body, lane.secrets, lane.headers, timezone.now())
        request = Request(lane.route, body, headers)
        self._running[self._threads.submit(request.send)] = lane, delivery, request

    def _finished(self) -> Sequence[Future[Answer]]:
        """Those that have ended, with some that end right after; aborts those that take too long."""
        done, _ = wait(self._running, timeout=TURN, return_when=FIRST_COMPLETED)
        if done:
            time.sleep(GATHER)
        now = time.monotonic()
        for _lane, _delivery, request in self._running.values():
            if now > request.ends_at:
                request.abort()
        return [future for future in self._running if future.done()]

    def _note(self, done: Sequence[Future[Answer]]) -> None:
        found = []
        for future in done:
            lane, delivery, _request = self._running.pop(future)
            outcome = Outcome(lane.endpoint.pk, delivery, future.result())
            lane.busy.discard(delivery.object_id)
            lane.seconds = outcome.answer.duration_ms / 1000
            if outcome.why:
                lane.drop(delivery.object_id)
            found.append(outcome)
        if found:
            outcomes.note(found, timezone.now())
