"""What an answer to FlexSync's own call shows is dated when Stripe did it, whenever the answer is read."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing.models import Refund
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge, finish, fresh, refund

pytestmark = pytest.mark.django_db(transaction=True)


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def test_a_charge_through_the_invoice(stripe_api, connection, invoice, card):
    card()
    payment = charge(connection, invoice)
    (made,) = stripe_api.v1.charges.list().data
    assert (payment.status, payment.succeeded_at) == ("succeeded", at(made.created))


def test_a_charge_of_a_payment_intent(stripe_api, connection, invoice, card):
    card()
    connection.invoice_outbound_enabled = False
    connection.save()
    payment = charge(connection, builders.invoice(invoice.customer))
    (made,) = stripe_api.v1.charges.list().data
    assert (payment.status, payment.succeeded_at) == ("succeeded", at(made.created))


@pytest.mark.parametrize("lost", [False, True])
def test_a_refund(pipelines, stripe_api, connection, invoice, card, lost):
    card()
    payment = charge(connection, invoice)
    if lost:
        pipelines.simulator.faults.add("refunds.create", "reset_after")
    refund(payment, Decimal(5))
    finish(pipelines)
    (made,) = stripe_api.v1.refunds.list().data
    found = fresh(Refund.objects.get())
    assert (found.status, found.settled_at) == ("succeeded", at(made.created))
