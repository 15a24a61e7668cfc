"""Reads what Stripe has refunded, where FlexSync's own view of that may be behind."""

from decimal import Decimal

from billing.events import Kind
from billing.facts import ZERO
from billing.models import Payment
from billing.models.payments import RECEIVED
from billing.services.invoices import amounts_paid
from integrations.provider_api import Outbound
from integrations.providers.stripe.translate.fields import read_objects

GATEWAY = "stripe"


def excess_of(payment: Payment) -> Decimal:
    """How much more than is due came for the payment's invoice, and is here still (major units)."""
    if payment.invoice is None:
        return ZERO
    payment.invoice.refresh_from_db()
    return amounts_paid.excess(payment.invoice)


def excess_gone_meanwhile(outbound: Outbound, payment: Payment) -> Decimal:
    """How much of the excess went back at Stripe unheard; looks only where more came than is due."""
    before = excess_of(payment)
    if not before or outbound.dry:
        return ZERO
    beside = Payment.objects.filter(
        invoice=payment.invoice,
        status__in=RECEIVED,
        gateway=GATEWAY,
        connection_id=outbound.connection_id,
    )
    for one in beside.exclude(gateway_payment_id="").order_by("pk"):
        _look(outbound, one)
    return before - excess_of(payment)


def shows_more(outbound: Outbound, payment: Payment) -> bool:
    """Whether Stripe shows refunds of the payment that were not here yet; they are recorded."""
    known = set(payment.refunds.values_list("gateway_refund_id", flat=True))
    _look(outbound, payment)
    return not known.issuperset(payment.refunds.values_list("gateway_refund_id", flat=True))


def _look(outbound: Outbound, payment: Payment) -> None:
    """Records all refunds of the payment at Stripe (page "List all refunds")."""
    source = payment.gateway_payment_id
    name = "payment_intent" if source.startswith("pi_") else "charge"
    answer = outbound.look("look", "refunds.list", {name: source, "limit": 100}, target="")
    for refund in reversed(read_objects(answer, "data")):
        outbound.observe(Kind.PAYMENT, refund)
