"""Reads the object of a finding as it is now, and compares it once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from billing.errors import Conflict
from integrations.errors import Missing
from integrations.gateway.guarded import GuardedGateway
from integrations.inbox import provider_reads
from integrations.inbox.provider_reads import Query
from integrations.models.outbound import Priority
from integrations.provider_api import Json
from integrations.reconcile.comparing.differences import Difference
from integrations.reconcile.comparing.sides import Sides
from integrations.reconcile.paging import reader
from integrations.reconcile.paging.patience import patiently
from integrations.reconcile.repairing.subjects import Subject


@dataclass(frozen=True)
class Look:
    """``shown``: the object, None for one that is gone. ``asked_at``: by the database's clock."""

    shown: Json | None
    asked_at: datetime


def look(subject: Subject, priority: Priority) -> Look:
    """Makes one call, outside any transaction; raises Retry or Rejected, Conflict where there is none."""
    listing = subject.listing
    if listing is None:
        raise Conflict(f"A single {subject.kind} cannot be read from {subject.provider.label}.")
    provider_id, comparable = subject.finding.provider_entity_id, subject.comparable
    if comparable and not comparable.is_listed(provider_id, {}):
        raise Conflict(f"{provider_id} cannot be read alone, so nothing is known of it: run an import.")
    query = Query.of(listing.retrieve, provider_id, listing.params)
    asked_at = reader.database_time()
    found = patiently(lambda: provider_reads.fetch(subject.connection, query, priority))
    return Look(None if isinstance(found, Missing) else _completed(subject, found, priority), asked_at)


def _completed(subject: Subject, shown: Json, priority: Priority) -> Json:
    if subject.comparable is None:
        return shown
    return subject.comparable.completed(GuardedGateway(subject.connection, priority), shown)


def differences(subject: Subject, shown: Json) -> Sequence[Difference]:
    """All that differs between the object, as it was shown, and its row as it is now."""
    if subject.comparable is None:
        raise Conflict(f"FlexSync does not compare {subject.kind}s any more.")
    found = Sides(subject.connection, subject.comparable, is_strict=True).compare([shown])
    return found.get(str(shown["id"]), [])
