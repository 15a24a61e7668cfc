"""Which connection collects an invoice: one, so that nobody is asked twice for the same debt."""

from collections.abc import Sequence

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Invoice
from billing.services.invoices import collector
from integrations.connections.selection import SEVERAL_CONNECTIONS
from integrations.errors import Rejected
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import registry


def collector_of(invoice: Invoice) -> Connection | None:
    """The connection named on the invoice or on its customer, else the one that the rules choose, or None.

    A rule is a connection's ``collects_currencies`` or ``collects_countries``. One with a rule that fits goes
    before those without rules; one with a rule that does not fit collects nothing of it. Raises Conflict when
    several remain.
    """
    connections = _connections(invoice)
    for named in filter(None, (invoice.connection_id, invoice.customer.connection_id)):
        for connection in connections:
            if connection.pk == named:
                return connection
    could = [one for one in connections if one.invoice_outbound_enabled] or connections
    fitting = [one for one in could if _has_rule(one) and _fits(one, invoice)]
    return _only(fitting or [one for one in could if not _has_rule(one)], invoice)


def collects(connection_id: str, invoice_id: str, *, assign: bool) -> bool:
    """Whether the connection collects the invoice; ``assign``: from now on, if nobody did.

    Raises Rejected when several would collect it.
    """
    invoice = Invoice.objects.select_related("customer").get(pk=invoice_id)
    if invoice.connection_id:
        return invoice.connection_id == connection_id
    try:
        chosen = collector_of(invoice)
    except Conflict as several:
        raise Rejected(several.message) from None
    if chosen is None or chosen.pk != connection_id:
        return False
    if not assign:
        return True
    return connection_id == collector.assign(
        environment_id=invoice.environment_id, invoice_id=invoice_id, connection_id=connection_id
    )


def _connections(invoice: Invoice) -> list[Connection]:
    """The environment's connections whose provider takes invoices."""
    found = Connection.objects.filter(environment_id=invoice.environment_id)
    found = found.exclude(status=ConnectionStatus.ARCHIVED).order_by("pk")
    return [one for one in found if _takes_invoices(one)]


def _takes_invoices(connection: Connection) -> bool:
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
