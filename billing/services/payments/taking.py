"""What a payment asks for, decided right before money is asked for."""

from datetime import datetime
from decimal import Decimal

from billing.events import Kind
from billing.models import Payment
from billing.models.payments import RECEIVED, PaymentState
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.invoices.amounts_paid import locked
from billing.services.payments.closing import SUPERSEDED

_COLUMNS = frozenset(
    {"amount", "asked_at", "gateway_payment_id", "status", "failure_code", "failure_message"}
)


@atomic
def ask_for(
    *, environment_id: str, payment_id: str, amount: Decimal, gateway_payment_id: str = "", now: datetime
) -> Payment:
    """The payment over ``amount`` (major units), which the gateway takes by ``gateway_payment_id`` if given.

    From ``now`` on it cannot be cancelled by hand any more.

    An earlier attempt that did not succeed gives that up: the gateway has one for all of them. Announces
    nothing, because nothing has happened yet. Raises NotFound.
    """
    payment = locked(environment_id, payment_id)
    if gateway_payment_id:
        _take_over(payment, gateway_payment_id)
    wanted = {"amount": amount, "asked_at": now}
    wanted |= {"gateway_payment_id": gateway_payment_id or payment.gateway_payment_id}
    rows.store(payment, rows.change(payment, wanted, allowed=_COLUMNS))
    return payment


def _take_over(payment: Payment, gateway_payment_id: str) -> None:
    others = Payment.objects.filter(
        environment_id=payment.environment_id, gateway=payment.gateway, gateway_payment_id=gateway_payment_id
    )
    for found in others.exclude(pk=payment.pk).exclude(status__in=RECEIVED):
        other = rows.locked(Payment, payment.environment_id, found.pk)
        wanted = {"gateway_payment_id": ""}
        if other.status == PaymentState.REQUIRES_ACTION:
            wanted |= {"status": PaymentState.CANCELLED, "failure_code": SUPERSEDED}
            wanted["failure_message"] = f"The payment {payment.pk} is the next attempt."
        rows.save(other, rows.change(other, wanted, allowed=_COLUMNS), Kind.PAYMENT, None)
