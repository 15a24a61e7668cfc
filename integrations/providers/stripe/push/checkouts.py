"""Opens a Checkout Session for what an invoice still owes (page "Create a Checkout Session")."""

from typing import Any

from billing.events import Kind
from billing.models import Payment
from integrations.provider import Checkout, Outbound
from integrations.providers.stripe.push import collection, customers
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.money import to_minor


def open_checkout(outbound: Outbound, payment_id: str, success_url: str, cancel_url: str) -> Checkout:
    """A session, valid for 24 hours, in which the customer pays the payment's amount."""
    payment = Payment.objects.select_related("invoice").get(
        pk=payment_id, environment_id=outbound.environment_id
    )
    customer = customers.ensure(outbound, payment.customer_id)
    theirs = outbound.theirs(Kind.INVOICE, payment.invoice_id) if payment.invoice_id else None
    _close_earlier(outbound, payment)
    if payment.invoice_id and theirs:
        # Stripe must not collect the same debt by itself while the session is open.
        collection.hold(outbound, payment.invoice_id, theirs)
    params = _params(payment, customer) | {"success_url": success_url, "cancel_url": cancel_url}
    session = outbound.once("session", "checkout.sessions.create", params)
    return Checkout(session_id=str(session["id"]), url=str(session["url"]))


def _close_earlier(outbound: Outbound, payment: Payment) -> None:
    """Expires earlier sessions of the same invoice, so that it cannot be paid twice (page "Expire a session").

    Stripe refuses to expire a session that is complete: its money is on its way, and no other is opened.
    """
    earlier = Payment.objects.filter(
        invoice_id=payment.invoice_id, gateway="stripe", status__in=collection.OPEN, is_external=False
    )
    for other in earlier.exclude(invoice=None).exclude(pk=payment.pk).exclude(gateway_session_id=""):
        outbound.once(f"expire-{other.pk}", "checkout.sessions.expire", {}, target=other.gateway_session_id)


def _params(payment: Payment, customer: str) -> dict[str, Any]:
    """Session metadata does not reach the PaymentIntent, whose events must name the payment too: it is said twice."""
    said = {metadata.PAYMENT_ID: payment.pk, metadata.INVOICE_ID: payment.invoice_id or ""}
    ours = metadata.fitted(said)
    name = f"Invoice {payment.invoice}" if payment.invoice else "Payment"
    price = {
        "currency": payment.currency.lower(),
        "product_data": {"name": name},
        "unit_amount": to_minor(payment.amount, payment.currency),
    }
    return {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": payment.pk,
        "line_items": [{"quantity": 1, "price_data": price}],
        "metadata": ours,
        "payment_intent_data": {"metadata": ours},
    }
