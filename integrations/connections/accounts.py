"""Links belong to the provider's account: a connection that is made again for the same account finds them."""

from collections.abc import Mapping
from datetime import datetime

from billing.errors import Invalid
from billing.events import Kind
from billing.models import Payment
from billing.services.renamed_connections import rename
from integrations.connections.collectors import counterparts_that_ask
from integrations.db.encryption import NoKeyOpens
from integrations.errors import Rejected, SyncError
from integrations.gateway import epoch_names, slots
from integrations.gateway.slots import waits
from integrations.models import Connection, EntityMapping, MappingChange, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import UNSEEN, registry


@waits
def account_of(environment_id: str, provider: str, credentials: Mapping[str, str]) -> str:
    """The account's id where it has to be known before a connection is made, else "".

    It has to be where the environment has, or had, another connection to the provider: what is linked there
    must not be made again. Raises Invalid for credentials that the provider refuses, Retry when it cannot be
    reached.
    """
    others = Connection.objects.filter(environment_id=environment_id, provider=provider)
    if not others.exclude(account_id="").exists():
        return ""
    try:
        slots.before_call()
        return registry.gateway(provider, credentials).account().id
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise Invalid.of({"metadata": str(refusal)}) from None
        # A key that may not read its account still works.
        return ""


def learn_before_deletion(connection: Connection) -> str:
    """The account's id, asked for while there is a key; what a person is told where it cannot be known.

    Returns that text, "" when the account is known.
    """
    if connection.account_id:
        return ""
    try:
        slots.before_call()
        connection.account_id = registry.gateway(connection.provider, connection.credentials()).account().id
    except (SyncError, NoKeyOpens) as failure:
        return connection.masked(
            f"Its account is unknown, so a new connection will not find its links: {failure}"
        )[:500]
    return ""


def take_over_links(connection: Connection, now: datetime) -> None:
    """Moves the links of deleted connections of the same account to the new one, and what names them.

    Invoices that the account asks for are looked at soon.
    """
    if not connection.account_id:
        return
    same = Connection.objects.filter(
        environment_id=connection.environment_id,
        provider=connection.provider,
        account_id=connection.account_id,
        livemode=connection.livemode,
        status=ConnectionStatus.ARCHIVED,
    )
    # The newest first: where two know the same object, its mapping is the later one.
    for deleted in same.exclude(pk=connection.pk).order_by("-created_at"):
        known = EntityMapping.objects.filter(connection=connection)
        moved = EntityMapping.objects.filter(connection=deleted)
        moved = moved.exclude(entity_id__in=known.exclude(entity_id="").values("entity_id"))
        moved.exclude(provider_entity_id__in=known.values("provider_entity_id")).update(connection=connection)
        MappingChange.objects.filter(connection=deleted).update(connection=connection)
        rename(environment_id=connection.environment_id, old=deleted.pk, new=connection.pk)
        epoch_names.take_over(connection, deleted)
    look_at_invoices(connection, now, started_by="connected again")


def look_at_invoices(connection: Connection, now: datetime, *, started_by: str) -> None:
    """Lets pushes look at what the account asks for: nobody here heard of what was paid meanwhile."""
    found = list(counterparts_that_ask(connection))
    for mapping in found:
        mapping.metadata[UNSEEN] = True
    EntityMapping.objects.bulk_update(found, ["metadata"])
    pages = Payment.objects.filter(connection_id=connection.pk, is_open_at_gateway=True)
    rows = [(Kind.INVOICE, one.entity_id, one.entity_id) for one in found]
    rows += [(Kind.PAYMENT, one.pk, one.invoice_id or one.pk) for one in pages]
    syncs = (
        OutboundSync(
            connection=connection,
            entity_type=kind,
            entity_id=entity_id,
            turn=turn,
            started_by=started_by,
            next_attempt_at=now,
        )
        for kind, entity_id, turn in rows
    )
    OutboundSync.objects.bulk_create(syncs, ignore_conflicts=True)
