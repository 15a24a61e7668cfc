"""What both sides edit of an invoice: its texts, its due date and its metadata."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from billing.errors import Code, Conflict, Invalid
from billing.events import Kind
from billing.facts import InvoiceFacts
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic

METADATA = frozenset({"metadata"})
EDITED = METADATA | {"description", "footer", "due_date"}
# Who collects it can change for as long as the invoice lives.
COLLECTOR = frozenset({"connection_id"})


@atomic
def apply(*, environment_id: str, invoice_id: str, changes: Mapping[str, Any], origin: str | None) -> Invoice:
    """The invoice with what a gateway says of what both sides edit; raises NotFound or Invalid.

    Whatever its status: gateways decide themselves what can still be changed there.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    rows.save(invoice, rows.change(invoice, changes, allowed=EDITED), Kind.INVOICE, origin)
    return invoice


def facts(invoice: Invoice) -> InvoiceFacts:
    """What is known of the invoice, without its lines, which would have to be read."""
    return rows.read(InvoiceFacts, invoice, lines=())


def check_names(invoice: Invoice, names: AbstractSet[str], origin: str | None) -> None:
    """Raises Conflict for a field of a gateway's invoice that only the gateway changes."""
    if not invoice.is_external or origin is not None:
        return
    if names <= (EDITED if invoice.status == InvoiceStatus.DRAFT else METADATA):
        return
    allowed = "its texts, its due date and its metadata" if invoice.status == "draft" else "its metadata"
    raise Conflict(
        f"The invoice {invoice.pk} was made at a gateway, and only the gateway can change or end it. Change it there; what"
        f" can be changed here of a {invoice.status} one is {allowed}.",
        code=Code.INVOICE_OF_GATEWAY,
    )


def check_changes(invoice: Invoice, changed: AbstractSet[str], origin: str | None) -> None:
    """Raises Conflict for a change of an invoice that is no draft, but of its metadata and its collector."""
    if changed - COLLECTOR - METADATA - {"changed_at"} and invoice.status != InvoiceStatus.DRAFT:
        raise Conflict(
            f"The invoice {invoice.pk} is {invoice.status}: only a draft can be changed, and of others the metadata.",
            code=Code.INVOICE_NOT_DRAFT,
        )
    if invoice.is_external and origin is None and "due_date" in changed and invoice.due_date is None:
        raise Invalid.of({"due_date": "A gateway's invoice keeps a date: send another one."})
