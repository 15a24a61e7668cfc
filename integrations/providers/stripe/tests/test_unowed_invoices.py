"""Invoices of Stripe by which nobody owes anything, through the simulator over HTTP: deleted drafts, and credits."""

import pytest

from billing.models import Customer, Invoice, Payment
from billing.services.customers import default_methods
from integrations.models import InboundEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grace(pipelines, stripe_api):
    """A customer who was made at Stripe, and the card that is charged."""
    made = stripe_api.v1.customers.create({"name": "Grace Hopper"}).id
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": made}).id
    stripe_api.v1.customers.update(made, {"invoice_settings": {"default_payment_method": card}})
    return made


def draft(stripe_api, customer, amount):
    made = stripe_api.v1.invoices.create({"customer": customer, "currency": "usd"}).id
    stripe_api.v1.invoices.add_lines(made, {"lines": [{"amount": amount, "description": "Work"}]})
    return made


def test_a_draft_that_is_deleted_at_stripe_is_voided_here(pipelines, stripe_api, grace):
    made = draft(stripe_api, grace, 5400)
    pipelines.settle()
    assert Invoice.objects.get().status == "draft"
    stripe_api.v1.invoices.delete(made)
    pipelines.settle()
    assert Invoice.objects.get().status == "voided" and pipelines.unsettled() == []


def test_a_credit_stays_away_and_counts_where_it_is_taken_off(pipelines, stripe_api, grace):
    pipelines.settle()
    # The last of its events comes first.
    pipelines.simulator.delivery_settings(reorder=1)
    stripe_api.v1.invoices.finalize_invoice(draft(stripe_api, grace, -3000))
    pipelines.settle()
    pipelines.simulator.delivery_settings(reorder=0)
    assert not Invoice.objects.exclude(status="voided").exists()
    later = draft(stripe_api, grace, 5400)
    stripe_api.v1.invoices.pay(later)
    pipelines.settle()
    owed = Invoice.objects.exclude(status="voided").get()
    assert (owed.amount_paid, owed.amount_remaining, owed.payment_status) == (54, 0, "succeeded")
    methods = Payment.objects.order_by("amount").values_list("amount", "method")
    assert [(int(amount), method == "customer_balance") for amount, method in methods] == [
        (24, False),
        (30, True),
    ]
    assert not InboundEvent.objects.filter(state="dead").exists()


def test_the_default_that_is_chosen_at_stripe_is_known_here(pipelines, connection, stripe_api, grace):
    other = stripe_api.v1.payment_methods.attach("pm_card_mastercard", {"customer": grace}).id
    stripe_api.v1.customers.update(grace, {"invoice_settings": {"default_payment_method": other}})
    pipelines.settle()
    assert default_methods.known(Customer.objects.get()) == {connection.pk: other}
