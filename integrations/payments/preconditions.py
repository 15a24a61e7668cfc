"""What must hold of an invoice before a payment of it begins."""

from datetime import datetime

from billing.errors import Code, Conflict, NotFound
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import SyncAction, SyncState
from integrations.outbox import taking
from integrations.outbox.wait import finish_turn


def payable_invoice(environment_id: str, invoice_id: str) -> Invoice:
    """The invoice; raises NotFound, or Conflict unless it is finalized and something is due on it."""
    invoice = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id).first()
    if invoice is None:
        raise NotFound(f"There is no invoice {invoice_id}.")
    if invoice.status != InvoiceStatus.FINALIZED:
        todo = "Finalize it first." if invoice.status == InvoiceStatus.DRAFT else "It can no longer be paid."
        raise Conflict(f"Invoice {invoice_id} is {invoice.status}. {todo}", code="invoice_not_open")
    if invoice.amount_remaining <= 0:
        raise Conflict(f"Nothing is due on invoice {invoice_id}.", code="invoice_paid")
    return invoice


def push_first(connection: Connection, invoice_id: str) -> None:
    """Delivers what waits to be sent of the invoice and its payments: the provider is to know the debt.

    Raises NotFound; Conflict when the invoice cannot be paid, or not all could be sent.
    """
    payable_invoice(connection.environment_id, invoice_id)
    left = finish_turn(connection.pk, invoice_id)
    if left is not None:
        reason = left.last_error or (
            f"The connection is {left.connection.status}."
            if left.leased_until is None
            else "It is being sent."
        )
        raise Conflict(
            f"Invoice {invoice_id} cannot be paid before {left.pk} has sent what changed: {reason}",
            code=Code.PAYMENT_IN_PROGRESS,
            details={"sync_id": left.pk},
        )


def refuse_concurrent_payment(payment: Payment, now: datetime) -> None:
    """Raises Conflict during a charge, or while a checkout is being opened: neither would close the other.

    So does a payment that a bank works on: it cannot be stopped.
    """
    others = Payment.objects.filter(invoice_id=payment.invoice_id).exclude(pk=payment.pk)
    if others.filter(off_session=True, status=PaymentState.PENDING).exists():
        raise Conflict(
            f"A saved payment method is being charged for invoice {payment.invoice_id}. "
            "Wait until that payment has succeeded or failed.",
            code=Code.PAYMENT_IN_PROGRESS,
        )
    if processing := others.filter(status=PaymentState.PROCESSING).first():
        message, details = taking.in_progress(processing), {"payment_id": processing.pk}
        raise Conflict(message, code=Code.PAYMENT_IN_PROGRESS, details=details)
    opening = OutboundSync.objects.filter(
        action=SyncAction.CHECKOUT,
        state=SyncState.SENDING,
        entity_id__in=others.filter(gateway_session_id="").values("pk"),
        leased_until__gt=now,
    )
    if opening.exists():
        raise Conflict(
            f"Another checkout of invoice {payment.invoice_id} is being opened right now. Try again in a few seconds.",
            code="checkout_in_progress",
        )
