"""The orders in which a change there, its event, a change here and its push can come."""

from collections.abc import Callable
from datetime import timedelta
from threading import Thread

from django.db import connection as database
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import InboundEvent, OutboundSync
from integrations.outbox import syncs, worker
from integrations.providers.stripe.tests.pipelines import Pipelines
from integrations.tests.workers import until

Act = Callable[[], object]
_LATER = timedelta(hours=1)


class Writers:
    """Two who edit one object, and the pipelines between them, step by step."""

    def __init__(self, pipelines: Pipelines, there: Act, here: Act, *, operation: str) -> None:
        """``there``, ``here``: their edits. ``operation``: what the push calls."""
        self._pipelines, self._simulator = pipelines, pipelines.simulator
        self.there, self.here, self._operation = there, here, operation

    def arrive(self) -> None:
        """Lets the events of what happened there so far arrive."""
        self._simulator.flush_deliveries()
        processing.process_due(timezone.now() + _LATER, InboundEvent.objects.filter(state="pending").count())

    def push(self) -> None:
        """Sends what waits to be sent."""
        for sync in OutboundSync.objects.filter(state__in=["pending", "sending"]).order_by("pk"):
            worker.deliver(sync.pk, now=timezone.now())

    def run(self, order: str) -> None:
        """One of ORDERS, then everything until no work is left."""
        ORDERS[order](self)
        for sync in OutboundSync.objects.filter(state="sending"):
            syncs.retry(sync.pk, timezone.now())
        self._pipelines.settle()

    def during(self, *acts: Act) -> None:
        """Pushes, and acts while the push waits for the answer to its call."""
        rule = self._simulator.faults.add(self._operation, "slow", seconds=0.6)
        pushing = Thread(target=self._push_and_close)
        pushing.start()
        until(self._is_waiting, f"{self._operation} is being called ({rule})")
        for act in acts:
            act()
        pushing.join()

    def lost(self, *acts: Act) -> None:
        """Pushes, loses the answer to the call, and acts before the push goes on."""
        self._simulator.faults.add(self._operation, "reset_after")
        self.push()
        for act in acts:
            act()

    def _is_waiting(self) -> bool:
        return any(one["fired"] for one in self._simulator.faults.all())

    def _push_and_close(self) -> None:
        self.push()
        database.close()


def _steps(*names: str) -> Callable[[Writers], None]:
    def run(writers: Writers) -> None:
        for name in names:
            getattr(writers, name)()

    return run


# Where its event does not come in an order, it comes afterwards.
ORDERS: dict[str, Callable[[Writers], None]] = {
    "its event comes before the edit here": _steps("there", "arrive", "here", "push"),
    "its event comes before the push": _steps("there", "here", "arrive", "push"),
    "the edit here is first, its event before the push": _steps("here", "there", "arrive", "push"),
    "its event comes after the push": _steps("there", "here", "push"),
    "the edit here is first, its event after the push": _steps("here", "there", "push"),
    "it follows the push": _steps("here", "push", "there"),
    "it follows the push and its events": _steps("here", "push", "arrive", "there"),
    "it comes during the push": lambda one: (one.here(), one.during(one.there)),
    "it and its event come during the push": lambda one: (one.here(), one.during(one.there, one.arrive)),
    "the event comes during the push": lambda one: (one.there(), one.here(), one.during(one.arrive)),
    "the edit here comes during a push": lambda one: (one.here(), one.there(), one.during(one.arrive)),
    "it follows a push whose answer was lost": lambda one: (one.here(), one.lost(one.there)),
    "it and its event follow a lost answer": lambda one: (one.here(), one.lost(one.there, one.arrive)),
    "the answer of the push after it is lost": lambda one: (one.there(), one.here(), one.lost()),
}  # fmt: skip
