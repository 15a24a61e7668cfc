"""A debt of the customer that Stripe adds when it finalizes an invoice, for which money had come before."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import (
    finish,
    fresh,
    stripe_id_of,
    stripe_invoice,
    transfer,
)
from integrations.providers.stripe.tests.taking.both_sides import assert_nothing_waits, money_taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid_before_its_push(pipelines, stripe_api, customer, invoice, card):
    """An invoice over 54.00 USD, for which that amount came while Stripe has a debt of 0.30 to add."""
    card()
    pipelines.simulator.settings(first_attempt_seconds=3600)
    debt = {"amount": 30, "currency": "usd"}
    stripe_api.v1.customers.balance_transactions.create(stripe_id_of(Kind.CUSTOMER, customer.pk), debt)

    def make(amount):
        second = builders.invoice(customer)
        transfer(second, amount)
        return second

    return make


def amounts(stripe_api, invoice):
    """What is due and what remains, here and at Stripe (minor units)."""
    found = stripe_invoice(stripe_api, fresh(invoice))
    here = [int(100 * amount) for amount in (invoice.amount_due, invoice.amount_remaining)]
    return here, [found.amount_due, found.amount_remaining]


def test_it_remains_on_both_sides_and_is_collected(pipelines, stripe_api, paid_before_its_push):
    invoice = paid_before_its_push("54.00")
    pipelines.settle()
    assert amounts(stripe_api, invoice) == ([5430, 30], [5430, 30])
    assert stripe_invoice(stripe_api, invoice).auto_advance
    pipelines.simulator.advance_clock(3700)
    pipelines.settle()
    assert amounts(stripe_api, invoice) == ([5430, 0], [5430, 0])
    assert fresh(invoice).payment_status == "succeeded"
    assert_nothing_waits()


def test_money_that_came_beyond_the_total_pays_it(pipelines, stripe_api, paid_before_its_push):
    invoice = paid_before_its_push("60.00")
    pipelines.settle()
    assert amounts(stripe_api, invoice) == ([5430, 0], [5430, 0])
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("overpaid", Decimal(60))
    assert money_taken(stripe_api) == 0
    assert_nothing_waits()


def test_the_money_is_told_although_the_push_stopped_in_between(pipelines, stripe_api, paid_before_its_push):
    invoice = paid_before_its_push("54.00")
    pipelines.simulator.faults.add("customers.balance_transactions.list", "500_before")
    worker.deliver(OutboundSync.objects.get(entity_id=invoice.pk).pk, now=timezone.now())
    assert stripe_invoice(stripe_api, invoice).status == "open"
    finish(pipelines)
    assert amounts(stripe_api, invoice) == ([5430, 30], [5430, 30])
    assert stripe_invoice(stripe_api, invoice).auto_advance
    assert_nothing_waits()
