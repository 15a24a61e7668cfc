"""charge.refunded, refund.* and charge.dispute.*: money that goes back, or may have to."""

from decimal import Decimal

from billing.models import Payment
from billing.models.payments import RECEIVED
from billing.services import payments
from integrations.errors import Retry
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import money
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.translate import refunds as translate
from integrations.providers.stripe.translate.payments import refunded
from integrations.providers.stripe.translate.shapes import id_of

UNKNOWN = Ignored("The payment that it is about is not here.")


def charge_refunded(inbound: Inbound, event: Json) -> Ignored | None:
    """charge.refunded: all that has gone back of a charge so far."""
    charge = object_of(event)
    payment = _payment(inbound, charge)
    if payment is None:
        return UNKNOWN
    _give_back(inbound, payment, refunded(charge))
    return None


def refund_moved(inbound: Inbound, event: Json) -> Ignored | None:
    """refund.created, updated, failed: one refund, noted with the payment; together they are what has gone back."""
    refund = object_of(event)
    payment = _payment(inbound, refund)
    if payment is None:
        return UNKNOWN
    payment = _note(inbound, payment, refund["id"], translate.note_of(refund))
    _give_back(inbound, payment, translate.total_of(payment.metadata))
    return None


def dispute_moved(inbound: Inbound, event: Json) -> Ignored | None:
    """charge.dispute.created, closed: noted with the payment, for a person to see."""
    dispute = object_of(event)
    payment = _payment(inbound, dispute)
    if payment is None:
        return UNKNOWN
    _note(inbound, payment, dispute["id"], translate.note_of(dispute))
    return None


def _payment(inbound: Inbound, theirs: Json) -> Payment | None:
    """The received payment of a charge, refund or dispute; raises Retry when its success has not arrived yet."""
    intent = id_of(theirs.get("payment_intent"))
    payment = money.by_intent(inbound, intent)
    if payment is not None and payment.status not in RECEIVED:
        raise Retry(f"It waits for the success of {intent}.")
    return payment


def _note(inbound: Inbound, payment: Payment, theirs: str, note: str) -> Payment:
    return payments.update(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        changes={"metadata": {**payment.metadata, theirs[:40]: note}},
        now=inbound.now,
        origin=inbound.connection_id,
    )


def _give_back(inbound: Inbound, payment: Payment, total: Decimal) -> None:
    """Settles how much has gone back; it never becomes less by an older event."""
    if total <= payment.amount_refunded:
        return
    payments.settle(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        status="refunded" if total >= payment.amount else "partially_refunded",
        now=inbound.now,
        amount_refunded=min(total, payment.amount),
        origin=inbound.connection_id,
    )
