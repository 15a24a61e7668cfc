"""Tries all of a group again: refused changes are sent again, dead events replayed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from integrations.errors import SyncError
from integrations.inbox import replays
from integrations.models import InboundEvent, OutboundSync
from integrations.outbox import syncs
from integrations.triage.group import Group

# How many one request tries again; the rest is left for the next one.
AT_ONCE = 1_000


@dataclass(frozen=True)
class Tried:
    """How many are tried again, how many cannot be and why, and how many are left."""

    begun: int
    refusals: tuple[str, ...] = ()
    left: int = 0


def try_again(group: Group, now: datetime) -> Tried:
    """Lets up to AT_ONCE rows of the group be tried again by workers, the oldest first."""
    return _WAYS[group.kind.model](group, now)


def _replay(group: Group, _now: datetime) -> Tried:
    rows = group.rows()
    pruned = rows.filter(pruned_at__isnull=False).count()
    chosen = replays.Chosen(rows.filter(pruned_at__isnull=True), pruned)
    begun = sum(len(batch) for batch in replays.replay(chosen, limit=AT_ONCE))
    refusals = (f"Events without a payload any more, which cannot be replayed: {pruned}.",) if pruned else ()
    return Tried(begun, refusals, left=group.count - begun - pruned)


def _retry(group: Group, now: datetime) -> Tried:
    ids = list(group.rows().values_list("pk", flat=True)[:AT_ONCE])
    refusals = []
    for sync_id in ids:
        try:
            syncs.retry(sync_id, now)
        except SyncError as refusal:
            refusals.append(str(refusal))
    return Tried(len(ids) - len(refusals), tuple(dict.fromkeys(refusals)), left=group.count - len(ids))


_WAYS: dict[type, Callable[[Group, datetime], Tried]] = {InboundEvent: _replay, OutboundSync: _retry}
