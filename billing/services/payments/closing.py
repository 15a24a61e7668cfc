"""Ends attempts to get money that is no longer owed, or that may not be asked for."""

from decimal import Decimal

from django.db.models import Q

from billing.events import Kind
from billing.facts import ZERO
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices.amounts_paid import locked, payments_of

SUPERSEDED = "superseded"
# What waits for the customer; a bank that works on a payment cannot be stopped.
WAITING = (PaymentState.PENDING, PaymentState.REQUIRES_ACTION, PaymentState.FAILED)
# A charge of a saved method that was not made yet, or of which the answer has not come.
_CHARGED = Q(off_session=True, status=PaymentState.PENDING)
# Attempts that may still bring money, whatever is known here.
UNDECIDED = Q(is_open_at_gateway=True) | Q(status=PaymentState.PROCESSING) | _CHARGED


def close_outdated(invoice: Invoice) -> bool:
    """Cancels every attempt that asks the customer for another amount than what remains.

    The change began in FlexSync, so it goes to every gateway, also to the one that brought the money: each
    closes what is open there. Returns whether there was one. The caller holds the invoice's row lock.
    """
    remaining = _asked_for(invoice)
    outdated = [one for one in payments_of(invoice.pk) if _waits(one) and one.amount != remaining]
    for payment in outdated:
        message = "What remains of the invoice has changed, so this was closed."
        _cancel(rows.locked(Payment, invoice.environment_id, payment.pk), SUPERSEDED, message)
    return bool(outdated)


def close_at(invoice: Invoice, connection_id: str) -> None:
    """Cancels every attempt that waits for the customer at the connection, which no longer collects it."""
    for payment in payments_of(invoice.pk):
        if _waits(payment) and payment.connection_id == connection_id:
            message = "The invoice is collected through another connection now, so this was closed."
            _cancel(rows.locked(Payment, invoice.environment_id, payment.pk), SUPERSEDED, message)


@atomic
def cancel_at(environment_id: str, connection_id: str, message: str) -> None:
    """Cancels every attempt that waits at the connection, which asks and charges nobody any more."""
    waiting = Payment.objects.filter(environment_id=environment_id, connection_id=connection_id)
    for payment in waiting.filter(_CHARGED | Q(is_open_at_gateway=True, status__in=WAITING)):
        held = locked(environment_id, payment.pk)
        if held.status in WAITING:
            _cancel(held, SUPERSEDED, message)


@atomic
def cancel(*, environment_id: str, payment_id: str, code: str, message: str) -> Payment:
    """The payment, cancelled for a reason; what is open of it at its gateway is closed. Raises NotFound."""
    payment = locked(environment_id, payment_id)
    _cancel(payment, code, message)
    return payment


def _asked_for(invoice: Invoice) -> Decimal:
    """What may be asked of the customer: nothing once the invoice has ended in any way."""
    is_open = invoice.status == InvoiceStatus.FINALIZED
    remaining: Decimal = invoice.amount_remaining if is_open else ZERO
    return remaining


def _waits(payment: Payment) -> bool:
    """Whether it waits for the customer: on a page that is open, or after a charge that requires action."""
    is_charge = payment.off_session and payment.status == PaymentState.REQUIRES_ACTION
    return (payment.is_open_at_gateway and payment.status in WAITING) or is_charge


def _cancel(payment: Payment, code: str, message: str) -> None:
    cancelled = {"status": PaymentState.CANCELLED, "failure_code": code, "failure_message": message}
    changed = rows.change(payment, cancelled, allowed=frozenset(cancelled))
    rows.save(payment, changed, Kind.PAYMENT, None)
