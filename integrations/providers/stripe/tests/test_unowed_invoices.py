"""Invoices of Stripe by which nobody owes anything, through the simulator over HTTP: deleted drafts, and credits."""

import pytest
from django.db import connections

from billing.models import Customer, Invoice, Payment
from billing.services.customers import default_methods
from integrations.models import InboundEvent
from integrations.providers.stripe.tests.roads import Roads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def roads(simulator, connection, live_server, monkeypatch):
    # The live server's threads outlive the test: they must not hold on to its database.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    roads = Roads(simulator)
    roads.register(connection, live_server.url)
    return roads


@pytest.fixture
def grace(roads, theirs):
    """A customer who was made at Stripe, and the card that is charged."""
    made = theirs.v1.customers.create({"name": "Grace Hopper"}).id
    card = theirs.v1.payment_methods.attach("pm_card_visa", {"customer": made}).id
    theirs.v1.customers.update(made, {"invoice_settings": {"default_payment_method": card}})
    return made


def draft(theirs, customer, amount):
    made = theirs.v1.invoices.create({"customer": customer, "currency": "usd"}).id
    theirs.v1.invoices.add_lines(made, {"lines": [{"amount": amount, "description": "Work"}]})
    return made


def test_a_draft_that_is_deleted_at_stripe_is_voided_here(roads, theirs, grace):
    made = draft(theirs, grace, 5400)
    roads.settle()
    assert Invoice.objects.get().status == "draft"
    theirs.v1.invoices.delete(made)
    roads.settle()
    assert Invoice.objects.get().status == "voided" and roads.unsettled() == []


def test_a_credit_stays_away_and_counts_where_it_is_taken_off(roads, theirs, grace):
    roads.settle()
    # The last of its events comes first.
    roads.simulator.delivery_settings(reorder=1)
    theirs.v1.invoices.finalize_invoice(draft(theirs, grace, -3000))
    roads.settle()
    roads.simulator.delivery_settings(reorder=0)
    assert not Invoice.objects.exclude(status="voided").exists()
    later = draft(theirs, grace, 5400)
    theirs.v1.invoices.pay(later)
    roads.settle()
    owed = Invoice.objects.exclude(status="voided").get()
    assert (owed.amount_paid, owed.amount_remaining, owed.payment_status) == (54, 0, "succeeded")
    methods = Payment.objects.order_by("amount").values_list("amount", "method")
    assert [(int(amount), method == "customer_balance") for amount, method in methods] == [
        (24, False),
        (30, True),
    ]
    assert not InboundEvent.objects.filter(state="dead").exists()


def test_the_default_that_is_chosen_at_stripe_is_known_here(roads, connection, theirs, grace):
    other = theirs.v1.payment_methods.attach("pm_card_mastercard", {"customer": grace}).id
    theirs.v1.customers.update(grace, {"invoice_settings": {"default_payment_method": other}})
    roads.settle()
    assert default_methods.known(Customer.objects.get()) == {connection.pk: other}
