"""What both sides hold: how much money came, and what is asked of the customer."""

from decimal import Decimal

from billing.errors import Conflict
from integrations.models import InboundEvent, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge, fresh, received, stripe_invoice
from integrations.providers.stripe.tests.test_round_trips import open_checkout

TOTAL = 5400


def money_taken(stripe_api):
    """What customers paid through Stripe in all (minor units)."""
    return sum(intent.amount_received for intent in stripe_api.v1.payment_intents.list({"limit": 100}).data)


def assert_paid_once(stripe_api, invoice):
    """The whole debt was paid once, through Stripe, and both sides say so."""
    assert money_taken(stripe_api) == TOTAL
    assert_agreed(stripe_api, invoice)


def assert_agreed(stripe_api, invoice, overpaid=0):
    """Both sides say that the invoice is paid, and that no more came than was owed."""
    assert (fresh(invoice).payment_status, invoice.amount_remaining) == ("succeeded", 0)
    assert sum((payment.amount for payment in received(invoice)), Decimal(0)) == builders.TOTAL
    found = stripe_invoice(stripe_api, invoice)
    assert (found.status, found.amount_remaining, found.amount_overpaid) == ("paid", 0, overpaid)


def assert_nothing_waits():
    """Every event was taken, and no push waits for anything or has failed."""
    assert not InboundEvent.objects.exclude(state__in=["applied", "ignored"]).exists()
    assert not OutboundSync.objects.exclude(state__in=["done", "cancelled"]).exists()


def refusal_of(ask, connection, invoice, **options):
    """The code with which ``ask``, which must be refused, is refused."""
    try:
        ask(connection, invoice, **options)
    except Conflict as refusal:
        return refusal.code
    raise AssertionError("It was not refused.")


ASKING = (charge, open_checkout)
