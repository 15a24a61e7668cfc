"""An invoice that was made at Stripe is collected by Stripe or charged by FlexSync, never by both."""

from decimal import Decimal

import pytest

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Invoice
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests.paying.steps import body, charge, fresh, stripe_id_of
from integrations.providers.stripe.tests.taking.both_sides import TOTAL, assert_nothing_waits, money_taken
from integrations.providers.stripe.tests.test_round_trips import open_checkout

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 86400


@pytest.fixture
def declined(pipelines, stripe_api, invoice, card):
    """Made at Stripe over 7.00, and declined once; Stripe collects the other invoice, of 54.00, too."""
    card("pm_card_chargeCustomerFail")
    customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    params = {"customer": customer, "auto_advance": True, "pending_invoice_items_behavior": "exclude"}
    made = stripe_api.v1.invoices.create(params)
    stripe_api.v1.invoices.add_lines(made.id, {"lines": [{"description": "Renewal", "amount": 700}]})
    stripe_api.v1.invoices.finalize_invoice(made.id, {"auto_advance": True})
    pipelines.settle()
    local = Invoice.objects.get(is_external=True)
    assert (local.attempt_count, local.payment_status) == (1, "failed")
    return local, made.id


def test_once_charged_here_stripe_tries_no_more(pipelines, stripe_api, connection, declined, card):
    invoice, stripe_id = declined
    assert (
        charge(connection, invoice, payment_method_id=card("pm_card_visa", default=False)).status
        == "succeeded"
    )
    card()
    pipelines.simulator.advance_clock(10 * DAY)
    pipelines.settle()
    assert (fresh(invoice).payment_status, money_taken(stripe_api)) == ("succeeded", TOTAL + 700)
    assert stripe_api.v1.invoices.retrieve(stripe_id).amount_overpaid == 0
    assert_nothing_waits()


@pytest.mark.parametrize("amount", ["7.00", "3.00"])
def test_a_bank_transfer_is_told_to_stripe_and_counted_once(
    api, pipelines, stripe_api, declined, card, amount
):
    invoice, stripe_id = declined
    body(api.post("/payments", json={**of(invoice), "amount": amount, "status": "succeeded"}), 201)
    pipelines.settle()
    assert fresh(invoice).amount_paid == Decimal(amount)
    card()
    pipelines.simulator.advance_clock(10 * DAY)
    pipelines.settle()
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("succeeded", 7)
    rest = 700 - int(Decimal(amount) * 100)
    assert money_taken(stripe_api) == TOTAL + rest
    found = stripe_api.v1.invoices.retrieve(stripe_id)
    assert (found.status, found.amount_paid, found.amount_overpaid) == ("paid", 700, 0)
    assert invoice.payments.filter(status="succeeded").count() == (1 if amount == "7.00" else 2)
    assert_nothing_waits()


@pytest.mark.parametrize("webhooks", [{}, {"drop": -1}], ids=["at once", "lost"])
@pytest.mark.parametrize("ask", ["charge", "checkout"])
def test_after_a_part_the_rest_is_asked_for(
    api, pipelines, stripe_api, connection, declined, card, ask, webhooks
):
    invoice, stripe_id = declined
    pipelines.simulator.delivery_settings(**webhooks)
    body(api.post("/payments", json={**of(invoice), "amount": "3.00", "status": "succeeded"}), 201)
    pipelines.settle()
    card()
    if ask == "charge":
        paid = charge(connection, invoice)
        assert (paid.status, paid.amount) == ("succeeded", 4)
    else:
        assert open_checkout(connection, invoice).amount == 4
    assert invoice.pk and stripe_id


@pytest.fixture
def renewal(pipelines, stripe_api, invoice, card):
    """A subscription's invoice of 20.00, made at Stripe, charged automatically, and declined."""
    card("pm_card_chargeCustomerFail")
    customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    monthly = {"currency": "usd", "unit_amount": 2000, "recurring": {"interval": "month"}}
    price = stripe_api.v1.prices.create({**monthly, "product_data": {"name": "Seat"}}).id
    stripe_api.v1.subscriptions.create({"customer": customer, "items": [{"price": price}]})
    pipelines.settle()
    return Invoice.objects.get(is_external=True)


def test_no_part_is_recorded_that_stripe_would_not_count(api, pipelines, stripe_api, renewal):
    part = {**of(renewal), "amount": "5.00"}
    refused = body(api.post("/payments", json={**part, "status": "succeeded"}), 409)
    assert refused["code"] == "part_not_counted" and "Send 20.00 USD" in refused["details"]["amount"]
    later = body(api.post("/payments", json={**part, "status": "pending"}), 201)["id"]
    body(api.patch(f"/payments/{later}", json={"status": "succeeded"}), 409)
    body(api.patch(f"/payments/{later}", json={"status": "cancelled"}), 200)
    body(api.post("/payments", json={**part, "amount": "20.00", "status": "succeeded"}), 201)
    pipelines.settle()
    stripe_id = stripe_id_of(Kind.INVOICE, renewal.pk)
    assert stripe_api.v1.invoices.retrieve(stripe_id).status == "paid" and fresh(renewal).amount_paid == 20
    assert_nothing_waits()


def test_a_difference_names_the_sync_that_was_to_tell_stripe(api, pipelines, connection, renewal):
    EntityMapping.objects.filter(entity_id=renewal.pk).update(metadata={"auto_advance": True})
    body(api.post("/payments", json={**of(renewal), "amount": "5.00", "status": "succeeded"}), 201)
    pipelines.settle()
    blocked = OutboundSync.objects.get(state="blocked")
    with pytest.raises(Conflict, match="Partial payments aren't supported") as refusal:
        charge(connection, renewal)
    assert refusal.value.code == "amounts_differ"
    assert refusal.value.details.items() >= {"here": "15.00", "sync_id": blocked.pk}.items()


def of(invoice):
    return {"invoice_id": invoice.pk, "customer_id": invoice.customer_id, "currency": "USD"}


def test_after_a_decline_here_stripe_goes_on(pipelines, stripe_api, connection, declined, card):
    invoice, stripe_id = declined
    assert charge(connection, invoice).status == "failed"
    pipelines.settle()
    assert stripe_api.v1.invoices.retrieve(stripe_id).auto_advance is True
    card()
    pipelines.simulator.advance_clock(10 * DAY)
    pipelines.settle()
    assert (fresh(invoice).payment_status, money_taken(stripe_api)) == ("succeeded", TOTAL + 700)
    assert_nothing_waits()


def test_what_stripe_did_not_collect_before_it_does_not_collect_afterwards(
    pipelines, stripe_api, connection, declined
):
    invoice, stripe_id = declined
    stripe_api.v1.invoices.update(stripe_id, {"auto_advance": False})
    pipelines.settle()
    assert charge(connection, invoice).status == "failed"
    pipelines.settle()
    assert stripe_api.v1.invoices.retrieve(stripe_id).auto_advance is False
