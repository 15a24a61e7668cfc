"""Opens a Checkout Session for what an invoice still owes (page "Create a Checkout Session")."""

from billing.models import Payment
from billing.services.payments import payments
from integrations.provider_api import HostedPage, Outbound
from integrations.providers.stripe.push import customers
from integrations.providers.stripe.translate import checkouts as translate


def open_checkout(outbound: Outbound, *, payment_id: str, success_url: str, cancel_url: str) -> HostedPage:
    """A session in which the customer pays the payment's amount, with the payment's checkout options."""
    payment = Payment.objects.select_related("invoice").get(
        pk=payment_id, environment_id=outbound.environment_id
    )
    customer = customers.ensure(outbound, payment.customer_id)
    name = f"Invoice {payment.invoice}" if payment.invoice else "Payment"
    params = translate.payment_params(payments.facts(payment), payment.pk, customer, name)
    urls = {"success_url": success_url, "cancel_url": cancel_url}
    session = outbound.once("session", "checkout.sessions.create", params | urls)
    return HostedPage(session_id=str(session["id"]), url=str(session["url"]))
