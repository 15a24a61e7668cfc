"""Brings events to a connection: one by one in order, or in any order, doubled, in batches of workers that race."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from django.db import connection as database
from django.utils import timezone

from integrations import inbox
from integrations.models import Connection, InboundEvent
from integrations.models.inbound import InboundState
from integrations.providers.stripe.testing import taken_in

Events = Sequence[dict[str, Any]]
# What waits is tried again as if hours had passed, this often.
ROUNDS = 12
# Events that one worker claims at a time.
FEW = 7


def deliver(connection: Connection, events: Events, *, workers: int = 1) -> None:
    """Stores the events as they come and applies them, until nothing waits."""
    for event in events:
        taken_in(connection, event, timezone.now())
    for round_ in range(ROUNDS):
        waiting = list(
            connection.inbound_events.filter(state=InboundState.PENDING)
            .order_by("received_at")
            .values_list("id", flat=True)
        )
        if not waiting:
            return
        later = timezone.now() + timedelta(hours=2 * round_)
        if workers == 1:
            for event_id in waiting:
                inbox.process(event_id, later)
        else:
            _race(later, workers)
    left = connection.inbound_events.filter(state=InboundState.PENDING).values_list("type", "reason")
    raise AssertionError(f"These events never applied: {list(left)}")


def dead(connection: Connection) -> list[tuple[str, str]]:
    """The events that could not be applied, and why."""
    return list(
        InboundEvent.objects.filter(connection=connection, state=InboundState.DEAD).values_list(
            "type", "reason"
        )
    )


def _race(now: datetime, workers: int) -> None:
    """Small batches, so that the workers meet; each in a thread, and so over a database connection, of its own."""

    def work() -> None:
        try:
            while (last := inbox.process_due(now, FEW)).done or last.left:
                pass
        finally:
            database.close()

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(work) for _ in range(workers)]:
            done.result()
