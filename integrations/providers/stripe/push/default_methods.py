"""Makes a saved method the customer's default at Stripe, if the payment or the customer asked for that."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Payment
from billing.models.payments import RECEIVED
from billing.services.customers import default_methods
from integrations.errors import NoPaymentMethod
from integrations.provider_api import DEFAULT_METHOD, Json, Outbound


def is_requested(payment: Payment) -> bool:
    """Whether the method that paid is to become the default."""
    requested = bool(payment.checkout_options.get("save_as_default"))
    return requested and payment.status in RECEIVED and payment.gateway_method_id.startswith("pm_")


def set_from_payment(outbound: Outbound, payment: Payment) -> None:
    """Makes the payment's method the default, once for each payment: a default chosen later stays."""
    stripe_id = outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id)
    done = f"default of {payment.pk}"
    if not is_requested(payment) or stripe_id is None:
        return
    if done in outbound.notes_of(Kind.CUSTOMER, payment.customer_id):
        return
    method = payment.gateway_method_id
    _send(outbound, "default-method", payment.customer_id, stripe_id, method, {done: method})
    if not outbound.dry:
        default_methods.choose(
            environment_id=outbound.environment_id,
            customer_id=payment.customer_id,
            connection_id=outbound.connection_id,
            method=method,
            at=payment.succeeded_at or timezone.now(),
            origin=outbound.connection_id,
        )


def unsent(outbound: Outbound, customer: Customer) -> str:
    """The default that was chosen here and that Stripe does not have yet, "" when there is none."""
    method = default_methods.method_of(customer, outbound.connection_id)
    known = outbound.notes_of(Kind.CUSTOMER, customer.pk).get(DEFAULT_METHOD)
    return method if method.startswith("pm_") and known != method else ""


def send_chosen(outbound: Outbound, customer: Customer, stripe_id: str) -> None:
    """Sends the default that the customer chose on a page on which nothing was paid."""
    if method := unsent(outbound, customer):
        _send(outbound, f"default-{method}", customer.pk, stripe_id, method, {})


@contextmanager
def needed(outbound: Outbound, customer_id: str) -> Iterator[None]:
    """For a call that may charge the default: Stripe gets it first; without any the push waits for one."""
    if stripe_id := outbound.provider_id_of(Kind.CUSTOMER, customer_id):
        send_chosen(outbound, Customer.objects.get(pk=customer_id), stripe_id)
    try:
        yield
    except NoPaymentMethod as refusal:
        refusal.waits_for = f"{Kind.CUSTOMER}:{customer_id}"
        raise


def _send(outbound: Outbound, step: str, customer_id: str, stripe_id: str, method: str, notes: Json) -> None:
    outbound.once(
        step,
        "customers.update",
        {"invoice_settings": {"default_payment_method": method}},
        target=stripe_id,
        annotate=lambda _response: {DEFAULT_METHOD: method, **notes},
        about=(Kind.CUSTOMER, customer_id),
    )
