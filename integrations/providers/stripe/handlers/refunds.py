"""charge.refunded, refund.* and charge.dispute.*: money that goes back, or is taken."""

from decimal import Decimal

from billing.models import Payment
from billing.models.payments import RECEIVED
from billing.money import text
from billing.services.payments import disputes, payments, refunds
from billing.services.payments.refundable import GONE
from integrations.errors import Rejected, Retry
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import money
from integrations.providers.stripe.handlers.events import object_of
from integrations.providers.stripe.handlers.waiting import RETRY_SECONDS, wait_for
from integrations.providers.stripe.push import overpaid_credit
from integrations.providers.stripe.translate import disputes as translate_disputes
from integrations.providers.stripe.translate import moments
from integrations.providers.stripe.translate import refunds as translate
from integrations.providers.stripe.translate.amounts import read_currency
from integrations.providers.stripe.translate.fields import read_id, read_object
from integrations.providers.stripe.translate.payments import amount_refunded

PAYMENT_MISSING = Ignored("The event is about a payment that is not here.")


def charge_refunded(inbound: Inbound, event: Json) -> Ignored | None:
    """charge.refunded: all that has gone back of a charge so far; refund.* say the same refund by refund."""
    charge = object_of(event)
    payment = _payment(inbound, charge, charge["id"])
    if isinstance(payment, Ignored):
        return payment
    total = amount_refunded(charge)
    _check(payment, total, charge)
    refunds.record_total(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        total=total,
        origin=inbound.connection_id,
    )
    return None


def refund_changed(inbound: Inbound, event: Json) -> Ignored | None:
    """refund.created, updated, failed: one refund, wherever it began; a failed one counts no more."""
    refund = object_of(event)
    payment = _payment(inbound, refund, read_id(refund, "charge"))
    if isinstance(payment, Ignored):
        return payment
    _record(inbound, payment, refund, read_object(event["data"], "previous_attributes"))
    return None


def observed(inbound: Inbound, shown: Json) -> None:
    """What a list at Stripe shows of a refund or a dispute, also where no event of it has come."""
    payment = _known(inbound, read_id(shown, "payment_intent"), read_id(shown, "charge"))
    if payment is None or payment.status not in RECEIVED:
        return
    if shown["object"] == "dispute":
        _record_dispute(inbound, payment, shown)
    else:
        _record(inbound, payment, shown, {})


def _record(inbound: Inbound, payment: Payment, refund: Json, previous: Json) -> None:
    facts = translate.facts_of(refund)
    _check(payment, facts.amount, refund)
    recorded = refunds.record(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        facts=facts,
        now=inbound.happened(moments.refunded(refund, previous)),
        # A failure is sent back: credit that was taken for the refund has to be given again.
        origin=None if facts.status in GONE else inbound.connection_id,
    )
    if recorded.is_external and overpaid_credit.is_due(inbound.connection_id, payment.pk):
        payments.announce(environment_id=inbound.environment_id, payment_id=payment.pk)


def dispute_changed(inbound: Inbound, event: Json) -> Ignored | None:
    """charge.dispute.*: how far it is, and so whether the payment's money is there."""
    dispute = object_of(event)
    payment = _payment(inbound, dispute, read_id(dispute, "charge"))
    if isinstance(payment, Ignored):
        return payment
    _record_dispute(inbound, payment, dispute)
    return None


def _record_dispute(inbound: Inbound, payment: Payment, dispute: Json) -> None:
    disputes.record(
        environment_id=inbound.environment_id,
        payment_id=payment.pk,
        facts=translate_disputes.facts_of(dispute),
        now=inbound.happened(),
        origin=inbound.connection_id,
    )


def _check(payment: Payment, amount: Decimal, stripe_object: Json) -> None:
    """Refuses what cannot have gone back of the payment (page "The Refund object": it is of one charge)."""
    currency, what = read_currency(stripe_object), f"{stripe_object['object']} {stripe_object['id']}"
    if currency != payment.currency:
        raise Rejected(
            f"The {what} is in {currency}, but the payment {payment.pk} is in {payment.currency}: how much of the payment"
            " it gives back cannot be told. Compare the two at Stripe."
        )
    if amount > payment.amount:
        gone, paid = (text(one, currency) for one in (amount, payment.amount))
        raise Rejected(
            f"The {what} gives back {gone} {currency}, more than the {paid} {currency} of the payment {payment.pk}:"
            " compare the two at Stripe."
        )


def _payment(inbound: Inbound, stripe_object: Json, charge_id: str) -> Payment | Ignored:
    """The received payment of a charge, refund or dispute; raises Retry while its success has not arrived."""
    intent_id = read_id(stripe_object, "payment_intent")
    payment = _known(inbound, intent_id, charge_id)
    if payment is None:
        return _ignored_itself(inbound, intent_id) or wait_for(
            inbound, "the payment", intent_id or charge_id, PAYMENT_MISSING
        )
    if payment.status not in RECEIVED:
        raise Retry(
            f"Waits for the event that the payment {intent_id or charge_id} succeeded.", after=RETRY_SECONDS
        )
    return payment


def _known(inbound: Inbound, intent_id: str, charge_id: str) -> Payment | None:
    return money.by_intent(inbound, intent_id) or money.by_intent(inbound, charge_id)


def _ignored_itself(inbound: Inbound, intent_id: str) -> Ignored | None:
    """Why the payment was ignored, and with it all that becomes of it; None where it was not."""
    ignored = InboundEvent.objects.filter(
        connection_id=inbound.connection_id,
        object_id=intent_id,
        type="payment_intent.succeeded",
        state=InboundState.IGNORED,
    )
    reason = ignored.order_by("-created").values_list("reason", flat=True).first() if intent_id else None
    return (
        Ignored(f"The event is about the payment {intent_id}, which was ignored: {reason}")
        if reason
        else None
    )
