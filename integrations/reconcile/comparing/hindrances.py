"""What a finding already waits for: an open conflict, a push that was refused, an event that failed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from integrations.models import Conflict, Connection, InboundEvent, OutboundSync
from integrations.models.inbound import InboundState
from integrations.models.outbound import SyncState
from integrations.reconcile.comparing.differences import Difference

# Longer reasons are on the pages of what has them.
LONGEST = 300


def named(connection: Connection, found: Sequence[Difference]) -> list[Difference]:
    """The differences, each with what it waits for, in three statements for all of them."""
    if not found:
        return []
    conflicts = _conflicts(connection, {one.entity_id for one in found})
    pushes = _pushes(connection, {one.entity_id for one in found})
    events = _events(connection, {one.provider_entity_id for one in found})
    told = (
        (
            one,
            conflicts.get((one.entity_id, one.field), ""),
            pushes.get(one.entity_id, ""),
            events.get(one.provider_entity_id, ""),
        )
        for one in found
    )
    return [replace(one, why=" ".join(filter(None, (one.why, *reasons)))) for one, *reasons in told]


def _conflicts(connection: Connection, ids: set[str]) -> Mapping[tuple[str, str], str]:
    found = Conflict.objects.filter(connection=connection, winner="", entity_id__among=sorted(ids - {""}))
    rows = found.order_by().values_list("entity_id", "field", "pk")
    return {(entity_id, field): f"It is {pk}." for entity_id, field, pk in rows}


def _pushes(connection: Connection, ids: set[str]) -> Mapping[str, str]:
    """Why the last push of each stopped, of those whose last one has."""
    pushes = OutboundSync.objects.without_refreshes().filter(
        connection=connection, entity_id__among=sorted(ids - {""})
    )
    last = pushes.order_by("entity_id", "-created_at", "-pk").distinct("entity_id")
    rows = last.values_list("entity_id", "state", "pk", "last_error")
    stopped = (SyncState.BLOCKED, SyncState.DEAD)
    return {
        entity_id: f"Its last push ({pk}) is {state}: {error[:LONGEST]}"
        for entity_id, state, pk, error in rows
        if state in stopped
    }


def _events(connection: Connection, ids: set[str]) -> Mapping[str, str]:
    dead = InboundEvent.objects.filter(
        connection=connection, object_id__among=sorted(ids - {""}), state=InboundState.DEAD
    )
    rows = dead.order_by("created").values_list("object_id", "pk", "type", "reason")
    return {
        object_id: f"Its event {pk} ({name}) could not be applied: {reason[:LONGEST]}"
        for object_id, pk, name, reason in rows
    }
