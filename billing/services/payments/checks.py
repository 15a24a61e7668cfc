"""Refuses payments that do not fit the invoice that they name."""

from datetime import datetime
from decimal import Decimal

from billing.errors import Code, Conflict, Invalid
from billing.facts import PaymentFacts
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import RECEIVED
from billing.persistence import rows
from billing.services import collectors
from billing.services.currencies import exact
from billing.services.invoices import unopened

OPEN = (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE)


def checked_amount(amount: Decimal, currency: str) -> Decimal:
    """``amount`` (major units) with the currency's decimals; raises Invalid unless it is above 0."""
    fitted = exact(amount, currency, "amount")
    if fitted <= 0:
        raise Invalid.of({"amount": "Send an amount above 0."})
    return fitted


def checked_receipt(status: str, received_at: datetime | None, now: datetime) -> datetime | None:
    """When the money came, None for money that has not; raises Invalid for a time that cannot be."""
    if received_at is not None and status not in RECEIVED:
        raise Invalid.of({"received_at": f"A payment that is {status} was not received yet. Leave it out."})
    if received_at is not None and received_at > now:
        raise Invalid.of({"received_at": "This is in the future. Send when the money came."})
    return (received_at or now) if status in RECEIVED else None


def refuse_uncounted(invoice: Invoice, payment: Payment) -> None:
    """Raises Conflict or Invalid for money recorded by hand that the invoice's collector cannot count."""
    if payment.status in RECEIVED and not payment.gateway:
        collectors.registered().take_payment(invoice, payment.amount)


def checked_invoice(environment_id: str, facts: PaymentFacts, origin: str | None) -> Invoice:
    """The invoice to be paid, locked.

    Raises Invalid, or Conflict for an invoice that the API or the admin may not pay.
    """
    rows.referred(Invoice, environment_id, facts.invoice_id or "", field="invoice_id")
    invoice = rows.locked(Invoice, environment_id, facts.invoice_id or "")
    if invoice.customer_id != facts.customer_id:
        raise Invalid.of(
            {"customer_id": "This invoice belongs to another customer. Send that customer's id."}
        )
    if invoice.currency != facts.currency:
        raise Invalid.of({"currency": f"This invoice is in {invoice.currency}. Send that currency."})
    if origin is None and invoice.status not in OPEN:
        message = f"The invoice {invoice.pk} is {invoice.status}: only a finalized invoice can be paid."
        raise Conflict(f"{message} {unopened.todo(invoice)}".rstrip(), code=Code.INVOICE_NOT_OPEN)
    return invoice
