"""Steps of these tests: pages that are paid, refunds of duplicates, and what Stripe has."""

from contextlib import contextmanager

from django.utils import timezone

from billing.events import Kind
from billing.services.payments import excess
from integrations.payments import duplicates
from integrations.payments.checkout import open_checkout
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_id_of


def open_page(connection, invoice):
    """The payment whose checkout page is open."""
    pages = {"success_url": "https://shop.example/ok", "cancel_url": "https://shop.example/no"}
    return open_checkout(connection, invoice_id=invoice.pk, now=timezone.now(), **pages)


def pay(pipelines, page, card="4242424242424242"):
    assert pipelines.simulator.pay_checkout_session(page.gateway_session_id, card).status_code == 303


@contextmanager
def unheard(pipelines):
    """The events of what happens meanwhile are lost."""
    pipelines.simulator.delivery_settings(drop=-1)
    yield
    pipelines.simulator.delivery_settings(drop=0)


def pay_part_at_stripe(stripe_api, invoice, amount):
    """A person at Stripe charges ``amount`` (minor units) to a card, and attaches it to the invoice."""
    customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    params = {"amount": amount, "currency": "usd", "customer": customer, "payment_method": card}
    intent = stripe_api.v1.payment_intents.create({**params, "off_session": True, "confirm": True})
    stripe_id = stripe_id_of(Kind.INVOICE, invoice.pk)
    stripe_api.v1.invoices.attach_payment(stripe_id, {"payment_intent": intent.id})


def refund_duplicate(invoice, **options):
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    return duplicates.refund(**place, now=timezone.now(), **options)


def excess_of(invoice):
    """What was paid in excess, and of which payments."""
    found = excess.of(fresh(invoice))
    if found is None:
        return None
    return found.amount, [counted.payment.pk for counted in found.payments if counted.is_duplicate]


def refunded(stripe_api):
    """The amounts of all refunds at Stripe, in minor units."""
    return sorted(one.amount for one in stripe_api.v1.refunds.list({"limit": 100}).data)


def balance(stripe_api, invoice):
    """The customer's balance at Stripe in minor units; credit is negative."""
    return stripe_api.v1.customers.retrieve(stripe_id_of(Kind.CUSTOMER, invoice.customer_id)).balance


def credit_taken(stripe_api, invoice):
    """What FlexSync itself changed of the balance, in minor units."""
    customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    entries = stripe_api.v1.customers.balance_transactions.list(customer).data
    return [entry.amount for entry in entries if entry.type == "adjustment"]
