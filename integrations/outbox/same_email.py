"""Customers that the provider had before the connection, with an e-mail address of one here: not doubled."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models.functions import Lower

from billing.events import Kind
from billing.models import Customer
from integrations.connections import doubtful_kinds
from integrations.errors import LINKED, Rejected
from integrations.mappings import kept_apart
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.outbound import SyncState
from integrations.outbox import obstacles
from integrations.provider_api import LINK_BY_HAND, Json, Listing, registry

# The provider's ids of customers that no row here is known of, by their addresses in lower case.
ByEmail = Mapping[str, list[str]]
_WAITS_FOR = f"{LINKED}{Kind.CUSTOMER}:"


def add(found: dict[str, list[str]], provider_object: Json, listing: Listing) -> None:
    """Adds an object that names no row, unless it says itself which environment it is of."""
    if listing.clues is None:
        return
    clues = listing.clues(provider_object)
    if clues.email and not clues.environment_id:
        found.setdefault(clues.email, []).append(str(provider_object["id"]))


def known_here(connection: Connection, found: ByEmail) -> dict[str, list[str]]:
    """Those whose address a customer here has."""
    if not found:
        return {}
    rows = Customer.objects.filter(environment_id=connection.environment_id).annotate(lower=Lower("email"))
    emails = set(rows.filter(lower__in=list(found)).values_list("lower", flat=True))
    return {email: found[email] for email in emails}


def refuse(connection: Connection, entity_id: str, found: ByEmail) -> None:
    """Raises Rejected where one of them may be the row; none that is linked, or that a person kept apart."""
    if left := _unknown(connection, entity_id, found.get(_email_of(entity_id), ())):
        who = registry.provider(connection.provider).label
        refusal = Rejected(
            f"{who}'s {left[0]} has the same e-mail address and no counterpart here: it may be {entity_id}, so no other is made. Import the account, which asks whether"
            f" the two are one (docs/importing.md), or {LINK_BY_HAND}. If it is another one, retry: it is made then."
        )
        refusal.waits_for = f"{_WAITS_FOR}{entity_id}"
        raise refusal


def go_on(connection_id: str, now: datetime) -> None:
    """Tries again what was refused for that: a person may have said what it is."""
    stopped = OutboundSync.objects.filter(connection=connection_id, state=SyncState.BLOCKED)
    for sync in stopped.filter(waits_for__startswith=_WAITS_FOR).order_by("pk").select_for_update():
        obstacles.go_on(sync, now)


def retried(sync: OutboundSync) -> None:
    """A person has retried what was refused for that: nobody there is the customer."""
    doubt = doubtful_kinds.of(sync.connection, Kind.CUSTOMER)
    if doubt is not None and sync.waits_for.startswith(_WAITS_FOR):
        nobody: ByEmail = {_email_of(sync.waits_for.removeprefix(_WAITS_FOR)): []}
        doubtful_kinds.note(sync.connection, Kind.CUSTOMER, replace(doubt, alike={**doubt.alike, **nobody}))


def _email_of(entity_id: str) -> str:
    return (Customer.objects.filter(pk=entity_id).values_list("email", flat=True).first() or "").lower()


def _unknown(connection: Connection, entity_id: str, provider_ids: Iterable[str]) -> list[str]:
    wanted = list(provider_ids)
    if not wanted:
        return []
    mapped = EntityMapping.objects.filter(
        connection=connection, entity_type=Kind.CUSTOMER, provider_entity_id__in=wanted
    )
    linked = set(mapped.values_list("provider_entity_id", flat=True))
    apart = kept_apart.rows_of(connection.pk, Kind.CUSTOMER, wanted)
    return [id for id in wanted if id not in linked and entity_id not in apart.get(id, ())]
