"""A person decides a conflict: both sides get the chosen value at once, the provider by a push."""

from collections.abc import Collection

from django.db import transaction

from billing.events import Kind
from integrations.mappings import decisions
from integrations.models import Conflict
from integrations.models.connections import Owner
from integrations.outbox import syncs


@transaction.atomic
def decide(conflict_id: str, side: Owner, *, by: str, seen: Collection[int] | None = None) -> Conflict:
    """``decisions.decide``; what the provider does not have yet is sent, whatever the switches say."""
    conflict = decisions.decide(conflict_id, side, by=by, seen=seen)
    if decisions.is_to_be_sent(conflict):
        syncs.request(
            connection_id=conflict.connection_id,
            kind=Kind(conflict.entity_type),
            entity_id=conflict.entity_id,
            started_by=by,
        )
    return conflict
