"""Makes a saved method the customer's default at Stripe, if the payment or the customer asked for that."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Payment
from billing.models.payments import RECEIVED
from billing.services.customers import default_methods
from integrations.errors import NoPaymentMethod
from integrations.provider_api import LAST_KNOWN, Outbound
from integrations.providers.stripe.merging.customers import CUSTOMER
from integrations.providers.stripe.push import updates
from integrations.providers.stripe.translate.customers import DEFAULT_METHOD


def is_requested(payment: Payment) -> bool:
    """Whether the method that paid is to become the default."""
    requested = bool(payment.checkout_options.get("save_as_default"))
    return requested and payment.status in RECEIVED and payment.gateway_method_id.startswith("pm_")


def set_from_payment(outbound: Outbound, payment: Payment) -> None:
    """Makes the payment's method the default; one that was chosen later stays."""
    if not is_requested(payment) or outbound.provider_id_of(Kind.CUSTOMER, payment.customer_id) is None:
        return
    if not outbound.dry:
        default_methods.choose(
            environment_id=outbound.environment_id,
            customer_id=payment.customer_id,
            connection_id=outbound.connection_id,
            method=payment.gateway_method_id,
            at=payment.succeeded_at or timezone.now(),
            origin=outbound.connection_id,
        )
    _send(outbound, payment.customer_id)


def unsent(outbound: Outbound, customer: Customer) -> str:
    """The default that was chosen here and that Stripe does not have yet, "" when there is none."""
    method = default_methods.method_of(customer, outbound.connection_id)
    known = outbound.notes_of(Kind.CUSTOMER, customer.pk).get(LAST_KNOWN) or {}
    return method if method and known.get(DEFAULT_METHOD) != method else ""


@contextmanager
def needed(outbound: Outbound, customer_id: str) -> Iterator[None]:
    """For a call that may charge the default: Stripe gets it first; without any the push waits for one."""
    is_there = outbound.provider_id_of(Kind.CUSTOMER, customer_id) is not None
    if is_there and unsent(outbound, Customer.objects.get(pk=customer_id)):
        _send(outbound, customer_id)
    try:
        yield
    except NoPaymentMethod as refusal:
        refusal.waits_for = f"{Kind.CUSTOMER}:{customer_id}"
        raise


def _send(outbound: Outbound, customer_id: str) -> None:
    if unsent(outbound, Customer.objects.get(pk=customer_id)):
        updates.update(outbound, CUSTOMER, customer_id, step="default-method", only=(DEFAULT_METHOD,))
