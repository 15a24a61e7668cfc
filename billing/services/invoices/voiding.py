"""What must hold of an invoice that is ended: nobody has paid for it, or is about to."""

from billing.errors import Code, Conflict
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.services.invoices.amounts_paid import payments_of


def check_unpaid(invoice: Invoice, origin: str | None) -> None:
    """Raises Conflict, which says what to do instead, once money was received or a bank works on it.

    What a gateway has voided is void, whatever came or is under way here: that money is paid in excess.
    """
    if origin is not None:
        return
    if invoice.amount_paid:
        raise Conflict(
            f"Money was received for the invoice {invoice.pk}, so it cannot be voided. Refund that money, credit what"
            " is left with a credit note, or mark the invoice as uncollectible.",
            code=Code.INVOICE_PAID,
        )
    if invoice.status != InvoiceStatus.DRAFT and not invoice.amount_remaining and _is_settled(invoice):
        raise Conflict(
            f"Nothing of the invoice {invoice.pk} remains to be paid: credit or the customer's balance settled it, so it"
            " cannot be voided. To take it back, issue a credit note: what the balance paid goes back to the balance.",
            code=Code.INVOICE_PAID,
        )
    check_idle(invoice)


def _is_settled(invoice: Invoice) -> bool:
    return bool(invoice.credited or invoice.balance_applied)


def check_idle(invoice: Invoice) -> None:
    """Raises Conflict while a bank works on a payment: no gateway ends such an invoice."""
    processing = [one.pk for one in payments_of(invoice.pk) if one.status == PaymentState.PROCESSING]
    if processing:
        raise Conflict(
            f"A bank works on the payment {processing[0]} of the invoice {invoice.pk}. Wait until it has succeeded or"
            " failed.",
            code=Code.PAYMENT_IN_PROGRESS,
            details={"payment_id": processing[0]},
        )
