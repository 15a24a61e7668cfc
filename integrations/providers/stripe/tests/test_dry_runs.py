"""A dry run is right: what it shows of each golden event is what then happens."""

import re
from typing import Any

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.inbox import processing, replays, snapshots
from integrations.inbox.dry_run import MAPPING, RETRY
from integrations.models import InboundEvent, OutboundSync
from integrations.providers.stripe.testing import golden_names, store_signed
from integrations.providers.stripe.tests.golden_world import World

FIRST = (
    "customer_created__flexsync_id",
    "customer_created",
    "product_created",
    "price_created",
    "customer_subscription_created",
)
Rows = dict[tuple[str, str], snapshots.Snapshot]


def place(name: str) -> tuple[int, str]:
    """An event's place in a story in which every object comes before events that name it, deletions last."""
    if "_deleted_" in name:
        return len(FIRST) + 1, name
    return next((n for n, one in enumerate(FIRST) if name.startswith(one)), len(FIRST)), name


def everything() -> Rows:
    """Every billing row, as it is now."""
    return {
        (kind.value, row.pk): snapshots.of_row(kind, row) for kind in Kind for row in snapshots.rows(kind)
    }


def happened(before: Rows, after: Rows) -> list[tuple[Any, ...]]:
    """What became different, with the ids of new rows left out as a dry run leaves them out."""
    new = {row: f"<new {kind}>" for kind, row in after if (kind, row) not in before}
    found = []
    for (kind, row), snapshot in after.items():
        named = {name: renamed(value, new) for name, value in snapshot.items()}
        known = before.get((kind, row), {})
        found += snapshots.differences(kind, None if row in new else row, known, named)
    return ordered(found)


def renamed(value: Any, new: dict[str, str]) -> Any:
    for row, name in new.items():
        value = value.replace(row, name) if isinstance(value, str) else value
    return value


def ordered(found: list[snapshots.Difference]) -> list[tuple[Any, ...]]:
    rows = [
        (one.kind, one.id or "", one.field, one.before, one.after) for one in found if one.kind != MAPPING
    ]
    return sorted(rows, key=repr)


def without_request_id(reason: str) -> str:
    """``reason`` without the request's id: Stripe is called twice, and numbers each request."""
    return re.sub(r"req_\w+", "req_", reason)


def stored(world: World, name: str) -> InboundEvent:
    event_id = store_signed(world.connection, world.event(name), timezone.now())
    return InboundEvent.objects.get(pk=event_id)


@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize("backwards", [False, True])
def test_of_every_golden_event_in_either_order(world: World, backwards: bool) -> None:
    world.open_checkout()
    world.link_invoice("invoice_created__sent")
    seen, shown, before = set(), 0, everything()
    for name in sorted(golden_names(), key=place, reverse=backwards):
        row, syncs = stored(world, name), OutboundSync.objects.count()
        now = timezone.now()
        dry_run = replays.preview_one(row, now)
        assert (everything(), OutboundSync.objects.count()) == (before, syncs), name
        processing.process(row.pk, now)
        row.refresh_from_db()
        outcome = RETRY if row.state == "pending" else row.state
        assert (dry_run.outcome, without_request_id(dry_run.reason)) == (
            outcome,
            without_request_id(row.reason),
        ), name
        after = everything()
        assert ordered(dry_run.differences) == happened(before, after), name
        before = after
        seen.add(outcome)
        shown += bool(dry_run.differences)
    assert {"applied", "ignored", "retry", "dead"} <= seen
    assert shown > 10
