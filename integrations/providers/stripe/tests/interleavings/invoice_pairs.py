"""Invoices on both sides, and the conflicts about them."""

from typing import Any

from billing.events import Kind
from billing.models import Invoice
from billing.services.invoices import invoices
from integrations.models import Conflict, Connection
from integrations.providers.stripe.tests.pair import Pair


def pair_of(connection: Connection, stripe_api: Any, invoice: Invoice) -> Pair:
    """The invoice and its counterpart, as a person edits the invoice."""

    def update(**values: Any) -> object:
        return invoices.update(invoice_id=invoice.pk, **values)

    return Pair(connection, stripe_api, Kind.INVOICE, invoice, "invoices", update)


def conflicts() -> list[tuple[str, Any, Any, str]]:
    """All that were written down: field, FlexSync's value, Stripe's, whose stays."""
    return [(one.field, one.ours, one.theirs, one.winner) for one in Conflict.objects.order_by("id")]
