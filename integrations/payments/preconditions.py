"""What must hold of an invoice before a payment of it begins."""

from datetime import datetime

from django.db.models import QuerySet

from billing.errors import Code, Conflict, NotFound
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from integrations.gateway import epochs
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import SyncAction, SyncState
from integrations.outbox import refusals
from integrations.outbox.wait import finish_turn


def payable_invoice(environment_id: str, invoice_id: str) -> Invoice:
    """The invoice; raises NotFound, or Conflict unless it is finalized and something is due on it."""
    invoice = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id).first()
    if invoice is None:
        raise NotFound(f"There is no invoice {invoice_id}.")
    if invoice.status != InvoiceStatus.FINALIZED:
        raise Conflict(refusals.not_open(invoice), code=Code.INVOICE_NOT_OPEN)
    if invoice.amount_remaining <= 0:
        raise Conflict(f"Nothing is due on invoice {invoice_id}.", code="invoice_paid")
    return invoice


def refuse_now(connection: Connection, invoice_id: str) -> None:
    """What is refused before anything is sent, in a dry run too.

    Raises NotFound; Conflict when the invoice cannot be paid; Recovering.
    """
    payable_invoice(connection.environment_id, invoice_id)
    epochs.refuse_recovering(connection)


def push_first(connection: Connection, invoice_id: str, now: datetime) -> None:
    """Delivers what waits to be sent of the invoice and its payments: the provider is to know the debt.

    Raises as ``refuse_now``, and Conflict when not all could be sent.
    """
    refuse_now(connection, invoice_id)
    refuse_opening(Payment.objects.filter(invoice_id=invoice_id), invoice_id, now)
    left = finish_turn(connection.pk, invoice_id)
    if left is not None:
        refuse_charging(Payment.objects.filter(pk=left.entity_id), invoice_id)
        raise _not_sent(left, invoice_id)


def _not_sent(left: OutboundSync, invoice_id: str) -> Conflict:
    is_idle = left.leased_until is None
    state = f"The connection is {left.connection.status}." if is_idle else "It is being sent."
    return Conflict(
        f"Invoice {invoice_id} cannot be paid before {left.pk} has sent what changed: {left.last_error or state}",
        code=Code.PAYMENT_IN_PROGRESS,
        details={"sync_id": left.pk},
    )


def refuse_concurrent_payment(payment: Payment, now: datetime) -> None:
    """Raises Conflict during a charge, or while a checkout is being opened: neither would close the other.

    Whether a bank still works on a payment, the look at the provider tells.
    """
    others = Payment.objects.filter(invoice_id=payment.invoice_id).exclude(pk=payment.pk)
    refuse_charging(others, str(payment.invoice_id))
    refuse_opening(others, str(payment.invoice_id), now)


def refuse_charging(payments: QuerySet[Payment], invoice_id: str) -> None:
    """Raises Conflict while one of the payments is being charged to a saved method, or waits for that."""
    charged = payments.filter(off_session=True, status=PaymentState.PENDING).first()
    if charged is None:
        return
    todo = "Wait until it has succeeded or failed."
    if charged.asked_at is None:
        todo = f"It has not begun: wait for its connection to work again, or cancel it: DELETE /v1/payments/{charged.pk}."
    raise Conflict(
        f"A saved payment method is to be charged for invoice {invoice_id} by the payment {charged.pk}. {todo}",
        code=Code.PAYMENT_IN_PROGRESS,
        details={"payment_id": charged.pk},
    )


def refuse_opening(payments: QuerySet[Payment], invoice_id: str, now: datetime) -> None:
    """Raises Conflict while the page of one of the payments is being opened."""
    opening = OutboundSync.objects.filter(
        action=SyncAction.CHECKOUT,
        state=SyncState.SENDING,
        entity_id__in=payments.filter(gateway_session_id="").values("pk"),
        leased_until__gt=now,
    )
    if opening.exists():
        raise Conflict(
            f"Another checkout of invoice {invoice_id} is being opened right now. Try again in a few seconds.",
            code="checkout_in_progress",
        )
