"""Delivers events to a connection: in order one by one, or shuffled, twice, to workers that race."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connections
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import Connection, InboundEvent
from integrations.models.inbound import InboundState
from integrations.providers.stripe.testing import store_signed

Events = Sequence[dict[str, Any]]
# Lets every worker do the same, all starting at once.
Crew = Callable[[Callable[[], None]], None]
# How often waiting events are tried again, as if hours had passed.
ROUNDS = 12
# Events that one worker claims at a time.
FEW = 7


@contextmanager
def workers(count: int) -> Iterator[Crew]:
    """Workers in threads, each with a database connection that it keeps."""
    meeting = Barrier(count)
    with ThreadPoolExecutor(count) as pool:

        def each(act: Callable[[], None]) -> None:
            def one() -> None:
                meeting.wait()
                act()

            for done in [pool.submit(one) for _ in range(count)]:
                done.result()

        try:
            yield each
        finally:
            each(connections.close_all)


def deliver(connection: Connection, events: Events, crew: Crew | None = None) -> None:
    """Stores the events as they come and applies them, until nothing waits; without a crew one by one."""
    for event in events:
        store_signed(connection, event, timezone.now())
    for round_ in range(ROUNDS):
        waiting = list(
            connection.inbound_events.filter(state=InboundState.PENDING)
            .order_by("received_at")
            .values_list("id", flat=True)
        )
        if not waiting:
            return
        later = timezone.now() + timedelta(hours=2 * round_)
        if crew:
            crew(partial(_work, later))
        else:
            for event_id in waiting:
                processing.process(event_id, later)
    left = connection.inbound_events.filter(state=InboundState.PENDING).values_list("type", "reason")
    raise AssertionError(f"These events never applied: {list(left)}")


def dead(connection: Connection) -> list[tuple[str, str]]:
    """The events that could not be applied, and why."""
    return list(
        InboundEvent.objects.filter(connection=connection, state=InboundState.DEAD).values_list(
            "type", "reason"
        )
    )


def _work(now: datetime) -> None:
    """Small batches, so that the workers meet."""
    while (last := processing.process_due(now, FEW)).done or last.left:
        pass
