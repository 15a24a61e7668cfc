"""Reads what Stripe has refunded, where FlexSync's own view of that may be behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from billing.events import Kind
from billing.facts import ZERO
from billing.models import Payment
from billing.models.payments import RECEIVED
from billing.services.invoices import amounts_paid
from billing.services.payments.refundable import GONE
from integrations.errors import Forbidden
from integrations.provider_api import Outbound
from integrations.providers.stripe.translate import refunds as translate
from integrations.providers.stripe.translate.fields import read_objects

GATEWAY = "stripe"


@dataclass(frozen=True)
class Gone:
    """What went back at Stripe unheard: of the payment, and of its invoice's excess (major units)."""

    of_payment: Decimal = ZERO
    of_excess: Decimal = ZERO


def excess_of(payment: Payment) -> Decimal:
    """How much more than is due came for the payment's invoice, and is here still (major units)."""
    if payment.invoice is None:
        return ZERO
    payment.invoice.refresh_from_db()
    return amounts_paid.excess(payment.invoice)


def gone_meanwhile(outbound: Outbound, payment: Payment) -> Gone:
    """Looks at the payment's refunds; where more came than is due, at those of its invoice's others, too."""
    if outbound.dry:
        return Gone()
    before, known = excess_of(payment), _of_others(payment)
    _look(outbound, payment)
    if before:
        beside = Payment.objects.filter(
            invoice=payment.invoice,
            status__in=RECEIVED,
            gateway=GATEWAY,
            connection_id=outbound.connection_id,
        )
        for one in beside.exclude(gateway_payment_id="").exclude(pk=payment.pk).order_by("pk"):
            _look(outbound, one)
    new = (amount for stripe_id, amount in _of_others(payment).items() if stripe_id not in known)
    return Gone(sum(new, ZERO), before - excess_of(payment))


def shows_more(outbound: Outbound, payment: Payment) -> bool:
    """Whether Stripe shows refunds of the payment that were not here yet; they are recorded."""
    known = set(_made(payment))
    _look(outbound, payment)
    return not known.issuperset(_made(payment))


def disputed(outbound: Outbound, payment: Payment) -> Decimal:
    """What the payment's disputes at Stripe have taken of it (major units); they are recorded.

    Where the key may not read them, what is known here: their events say the rest later.
    """
    params = {**translate.of_source(payment.gateway_payment_id), "limit": 100}
    try:
        answer = outbound.look("look-disputes", "disputes.list", params, target="")
    except Forbidden:
        answer = {}
    for dispute in reversed(read_objects(answer, "data")):
        outbound.observe(Kind.PAYMENT, dispute)
    payment.refresh_from_db()
    taken: Decimal = payment.amount_disputed
    return taken


def _of_others(payment: Payment) -> dict[str, Decimal]:
    """The amounts of those that began at Stripe, by their ids there."""
    made = payment.refunds.filter(is_external=True).exclude(status__in=GONE)
    return dict(made.values_list("gateway_refund_id", "amount"))


def _made(payment: Payment) -> Iterable[str]:
    return payment.refunds.exclude(gateway_refund_id="").values_list("gateway_refund_id", flat=True)


def _look(outbound: Outbound, payment: Payment) -> None:
    """Records all refunds of the payment at Stripe (page "List all refunds"), which has none of another's."""
    source = payment.gateway_payment_id
    if not translate.is_source(source):
        return
    params = {**translate.of_source(source), "limit": 100}
    answer = outbound.look("look", "refunds.list", params, target="")
    for refund in reversed(read_objects(answer, "data")):
        outbound.observe(Kind.PAYMENT, refund)
