"""Invoices of Stripe that ask for no money, through the simulator over HTTP: deleted drafts and credits."""

import pytest

from billing.models import Customer, Invoice, Payment
from billing.services.customers import default_methods
from integrations.models import InboundEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def grace(pipelines, stripe_api):
    """A customer who was created at Stripe, with a card."""
    customer = stripe_api.v1.customers.create({"name": "Grace Hopper"}).id
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id
    stripe_api.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card}})
    return customer


def draft(stripe_api, customer, amount):
    invoice_id = stripe_api.v1.invoices.create({"customer": customer, "currency": "usd"}).id
    stripe_api.v1.invoices.add_lines(invoice_id, {"lines": [{"amount": amount, "description": "Work"}]})
    return invoice_id


def test_a_draft_that_is_deleted_at_stripe_is_voided_here(pipelines, stripe_api, grace):
    invoice_id = draft(stripe_api, grace, 5400)
    pipelines.settle()
    assert Invoice.objects.get().status == "draft"
    stripe_api.v1.invoices.delete(invoice_id)
    pipelines.settle()
    assert Invoice.objects.get().status == "voided" and pipelines.unsettled() == []


def test_a_credit_is_not_imported_but_counts_where_it_is_applied(pipelines, stripe_api, grace):
    pipelines.settle()
    # The last of its events arrives first.
    pipelines.simulator.delivery_settings(reorder=1)
    stripe_api.v1.invoices.finalize_invoice(draft(stripe_api, grace, -3000))
    pipelines.settle()
    pipelines.simulator.delivery_settings(reorder=0)
    assert not Invoice.objects.exclude(status="voided").exists()
    later = draft(stripe_api, grace, 5400)
    stripe_api.v1.invoices.pay(later)
    pipelines.settle()
    owed = Invoice.objects.exclude(status="voided").get()
    assert (owed.total, owed.balance_applied, owed.amount_due) == (54, 30, 24)
    assert (owed.amount_paid, owed.amount_remaining, owed.payment_status) == (24, 0, "succeeded")
    assert Payment.objects.get().amount == 24
    assert not InboundEvent.objects.filter(state="dead").exists()


def test_a_default_method_chosen_at_stripe_is_known_here(pipelines, connection, stripe_api, grace):
    other = stripe_api.v1.payment_methods.attach("pm_card_mastercard", {"customer": grace}).id
    stripe_api.v1.customers.update(grace, {"invoice_settings": {"default_payment_method": other}})
    pipelines.settle()
    assert default_methods.known(Customer.objects.get()) == {connection.pk: other}
