"""Makes a saved method the customer's default at Stripe, where a payment or a person asked for that."""

from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Payment
from billing.models.payments import RECEIVED
from billing.services.customers import default_methods
from integrations.provider_api import DEFAULT_METHOD, Outbound


def wanted(payment: Payment) -> bool:
    """Whether the method that paid is to be the default."""
    asked = bool(payment.checkout_options.get("save_as_default"))
    return asked and payment.status in RECEIVED and payment.gateway_method_id.startswith("pm_")


def follow(outbound: Outbound, payment: Payment) -> None:
    """Does so, once for each payment: a default that was chosen later stays."""
    customer = outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id)
    done = f"default of {payment.pk}"
    if (
        not wanted(payment)
        or customer is None
        or done in outbound.notes_of(Kind.CUSTOMER, payment.customer_id)
    ):
        return
    method = payment.gateway_method_id
    outbound.once(
        "default-method",
        "customers.update",
        {"invoice_settings": {"default_payment_method": method}},
        target=customer,
        annotate=lambda _answer: {DEFAULT_METHOD: method, done: method},
        about=(Kind.CUSTOMER, payment.customer_id),
    )
    if not outbound.dry:
        default_methods.choose(
            environment_id=outbound.environment_id,
            customer_id=payment.customer_id,
            connection_id=outbound.connection_id,
            method=method,
            at=payment.succeeded_at or timezone.now(),
            origin=outbound.connection_id,
        )


def untold(outbound: Outbound, customer: Customer) -> str:
    """The default that was chosen here and that Stripe has not heard of yet, "" when there is none."""
    method = default_methods.of(customer, outbound.connection_id)
    told = outbound.notes_of(Kind.CUSTOMER, customer.pk).get(DEFAULT_METHOD)
    return method if method.startswith("pm_") and told != method else ""


def tell(outbound: Outbound, customer: Customer, theirs: str) -> None:
    """Tells Stripe of the default that the customer chose on a page on which nothing was paid."""
    method = untold(outbound, customer)
    if not method:
        return
    outbound.once(
        f"default-{method}",
        "customers.update",
        {"invoice_settings": {"default_payment_method": method}},
        target=theirs,
        annotate=lambda _answer: {DEFAULT_METHOD: method},
    )
