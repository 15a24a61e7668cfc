"""Opens a Checkout Session for what an invoice still owes (page "Create a Checkout Session")."""

from billing.events import Kind
from billing.models import Payment
from billing.services.payments import payments
from integrations.provider_api import HostedPage, Outbound
from integrations.providers.stripe.push import collection, customers, open_sessions
from integrations.providers.stripe.translate import checkouts as translate


def open_checkout(outbound: Outbound, *, payment_id: str, success_url: str, cancel_url: str) -> HostedPage:
    """A session in which the customer pays the payment's amount, as the payment's options wish."""
    payment = Payment.objects.select_related("invoice").get(
        pk=payment_id, environment_id=outbound.environment_id
    )
    customer = customers.ensure(outbound, payment.customer_id)
    theirs = outbound.provider_id_of(Kind.INVOICE, payment.invoice_id) if payment.invoice_id else None
    open_sessions.close(outbound, payment)
    if payment.invoice_id and theirs:
        # Stripe must not collect the same debt by itself while the session is open.
        collection.hold(outbound, payment.invoice_id, theirs)
    name = f"Invoice {payment.invoice}" if payment.invoice else "Payment"
    params = translate.payment_params(payments.facts(payment), payment.pk, customer, name)
    addresses = {"success_url": success_url, "cancel_url": cancel_url}
    session = outbound.once("session", "checkout.sessions.create", params | addresses)
    return HostedPage(session_id=str(session["id"]), url=str(session["url"]))
