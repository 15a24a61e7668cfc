"""Which connection collects an invoice: one, so that nobody is asked twice for the same debt."""

from collections.abc import Sequence

from django.db import connection as database
from django.db.models import Q, QuerySet

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Invoice, Payment
from billing.services.invoices import collector
from billing.services.payments import closing
from integrations.connections.selection import SEVERAL_CONNECTIONS
from integrations.errors import Rejected, Retry
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncAction, SyncState
from integrations.provider_api import ASKS, registry

# Read with each push of an invoice, and spelled out because Django would compile it anew each time.
_STANDING = f"""
SELECT invoice.connection_id, ARRAY(
    SELECT payment.connection_id FROM {Payment._meta.db_table} payment
    WHERE payment.invoice_id = invoice.id AND payment.is_open_at_gateway
        AND payment.connection_id NOT IN ('', %(connection)s)
    UNION
    SELECT mapping.connection_id FROM {EntityMapping._meta.db_table} mapping
    WHERE mapping.entity_type = '{Kind.INVOICE}' AND mapping.entity_id = invoice.id
        AND mapping.metadata @> '{{"{ASKS}": true}}' AND mapping.connection_id <> %(connection)s
    ORDER BY 1
)
FROM {Invoice._meta.db_table} invoice WHERE invoice.id = %(invoice)s
"""


def collector_of(invoice: Invoice) -> Connection | None:
    """The connection named on the invoice or on its customer, else the one that the rules choose, or None.

    A rule is a connection's ``collects_currencies`` or ``collects_countries``. One with a rule that fits goes
    before those without rules; one with a rule that does not fit collects nothing of it. Raises Conflict when
    several remain.
    """
    connections = taking_invoices(invoice.environment_id)
    # As in most environments: whoever is named, nobody else can.
    if len(connections) == 1 and not _has_rule(connections[0]):
        return connections[0]
    for named in filter(None, (invoice.connection_id, invoice.customer.connection_id)):
        for connection in connections:
            if connection.pk == named:
                return connection
    could = [one for one in connections if one.invoice_outbound_enabled] or connections
    fitting = [one for one in could if _has_rule(one) and _fits(one, invoice)]
    return _only(fitting or [one for one in could if not _has_rule(one)], invoice)


def collects(connection_id: str, invoice: Invoice, *, assign: bool) -> bool:
    """Whether the connection collects the invoice; ``assign``: from now on, if nobody did.

    Raises Rejected when several would collect it, Retry while another connection still asks for it.
    """
    named, others = _standing(invoice.pk, connection_id)
    if named != connection_id and (named or not _is_chosen(invoice, connection_id, assign=assign)):
        return False
    if others:
        raise Retry(
            f"Waits until {', '.join(others)} has closed what it asks for invoice {invoice.pk}.", after=2
        )
    return True


def asked_for(connection: Connection) -> QuerySet[Invoice]:
    """The invoices that the connection's account asks for now, or may ask for.

    Those too that are settled here and of which the account was not told yet, or that have an attempt there
    whose end is not known.
    """
    asking = counterparts_that_ask(connection).values("entity_id")
    pushes = OutboundSync.objects.filter(connection=connection, action=SyncAction.PUSH, turn__in=asking)
    untold = pushes.exclude(state__in=(SyncState.DONE, SyncState.CANCELLED))
    attempts = Payment.objects.filter(closing.UNDECIDED, connection_id=connection.pk)
    owed = Q(pk__in=asking, amount_remaining__gt=0)
    return Invoice.objects.filter(
        owed | Q(pk__in=untold.values("turn")) | Q(pk__in=attempts.values("invoice_id"))
    )


def counterparts_that_ask(connection: Connection) -> QuerySet[EntityMapping]:
    """The mappings of the invoices for which the connection's account asks, as far as is known."""
    return EntityMapping.objects.filter(
        connection=connection, entity_type=Kind.INVOICE, metadata__contains={ASKS: True}
    )


def asking_elsewhere(invoice_id: str, connection_id: str) -> list[str]:
    """The other connections at which the customer is, or may be, asked for the invoice."""
    return _standing(invoice_id, connection_id)[1]


def _standing(invoice_id: str, connection_id: str) -> tuple[str, list[str]]:
    """Who collects the invoice by now, and who else has a page of it open, or a counterpart that asks."""
    with database.cursor() as cursor:
        cursor.execute(_STANDING, {"invoice": invoice_id, "connection": connection_id})
        found: tuple[str, list[str]] = cursor.fetchone()
    return found


def _is_chosen(invoice: Invoice, connection_id: str, *, assign: bool) -> bool:
    try:
        chosen = collector_of(invoice)
    except Conflict as several:
        raise Rejected(several.message) from None
    if chosen is None or chosen.pk != connection_id:
        return False
    if not assign:
        return True
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    return connection_id == collector.assign(**place, connection_id=connection_id)


def taking_invoices(environment_id: str) -> list[Connection]:
    """The environment's connections whose provider takes invoices."""
    found = Connection.objects.filter(environment_id=environment_id)
    found = found.exclude(status=ConnectionStatus.ARCHIVED).order_by("pk")
    return [one for one in found if takes_invoices(one)]


def takes_invoices(connection: Connection) -> bool:
    provider = registry.providers().get(connection.provider)
    return provider is not None and Kind.INVOICE in provider.pushes


def _has_rule(connection: Connection) -> bool:
    return bool(connection.collects_currencies or connection.collects_countries)


def _fits(connection: Connection, invoice: Invoice) -> bool:
    currencies, countries = connection.collects_currencies, connection.collects_countries
    return (not currencies or invoice.currency in currencies) and (
        not countries or invoice.customer.address_country in countries
    )


def _only(connections: Sequence[Connection], invoice: Invoice) -> Connection | None:
    if len(connections) > 1:
        names = ", ".join(f"{connection.pk} ({connection.name})" for connection in connections)
        raise Conflict(
            f"Several connections would collect the invoice {invoice.pk}: {names}. Name one as its connection_id, or"
            " its customer's, or give the connections rules (collects_currencies, collects_countries).",
            code=SEVERAL_CONNECTIONS,
            details={"connection_id": f"Send one of: {names}."},
        )
    return connections[0] if connections else None
