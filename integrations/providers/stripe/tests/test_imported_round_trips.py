"""What begins at Stripe, from the simulator over HTTP: renewals, long invoices, disputes, failed refunds."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Customer, Dispute, Invoice, Payment, Refund
from billing.services.customers import default_methods
from integrations.inbox import processing
from integrations.models import InboundEvent

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3600
FAILS_LATER, DISPUTED, RETRIED = "pm_card_refundFail", "pm_card_createDispute", "pm_card_visa"


@pytest.fixture
def grace(pipelines, stripe_api):
    """A customer who was made at Stripe, with a card."""
    made = stripe_api.v1.customers.create({"name": "Grace Hopper"}).id
    card = stripe_api.v1.payment_methods.attach(RETRIED, {"customer": made}).id
    stripe_api.v1.customers.update(made, {"invoice_settings": {"default_payment_method": card}})
    return made


def subscribe(stripe_api, customer):
    price = {
        "currency": "usd",
        "unit_amount": 1999,
        "recurring": {"interval": "month"},
        "product_data": {"name": "Seat"},
    }
    made = stripe_api.v1.prices.create(price).id
    return stripe_api.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": made, "quantity": 3}]}
    )


def pay(stripe_api, customer, method=RETRIED, amount=2500):
    ways = {"enabled": True, "allow_redirects": "never"}
    given = {"amount": amount, "currency": "usd", "confirm": True, "customer": customer}
    return stripe_api.v1.payment_intents.create(
        {**given, "payment_method": method, "automatic_payment_methods": ways}
    )


def assert_as_at_stripe(stripe_api):
    """Each invoice here has the amounts of Stripe's, and one payment brought its money."""
    at_stripe = {
        one.number: (one.total, one.amount_paid, one.amount_remaining)
        for one in stripe_api.v1.invoices.list().data
    }
    here = {
        one.number: tuple(int(100 * value) for value in (one.total, one.amount_paid, one.amount_remaining))
        for one in Invoice.objects.all()
    }
    assert here == at_stripe
    for invoice in Invoice.objects.all():
        (paid,) = invoice.payments.filter(status="succeeded")
        assert paid.gateway_payment_id.startswith("pi_") and paid.amount == invoice.total


def test_a_subscription_and_its_renewal_are_here_to_the_cent(pipelines, stripe_api, grace):
    subscribe(stripe_api, grace)
    pipelines.settle()
    assert_as_at_stripe(stripe_api)
    pipelines.simulator.advance_clock(32 * DAY)
    pipelines.settle()
    assert Invoice.objects.count() == 2 and pipelines.unsettled() == []
    assert_as_at_stripe(stripe_api)
    first = Invoice.objects.earliest("created_at")
    assert first.subscription is not None and first.customer == Customer.objects.get()
    assert first.lines.get().price is not None
    assert pipelines.writes() == []


def test_it_is_the_same_with_every_event_twice_and_out_of_order(pipelines, stripe_api, grace):
    pipelines.simulator.delivery_settings(duplicate=1, reorder=1.0)
    subscribe(stripe_api, grace)
    pipelines.settle()
    assert_as_at_stripe(stripe_api)
    assert Payment.objects.count() == 1 and pipelines.unsettled() == []


def test_a_long_invoice_comes_whole(pipelines, stripe_api, grace):
    draft = stripe_api.v1.invoices.create({"customer": grace, "currency": "usd"}).id
    lines = [{"amount": 100 + number, "description": f"Part {number}"} for number in range(112)]
    stripe_api.v1.invoices.add_lines(draft, {"lines": lines[:60]})
    stripe_api.v1.invoices.add_lines(draft, {"lines": lines[60:]})
    stripe_api.v1.invoices.pay(draft)
    pipelines.settle()
    invoice = Invoice.objects.get()
    assert invoice.lines.count() == 112 and pipelines.unsettled() == []
    assert_as_at_stripe(stripe_api)


def test_a_refund_that_fails_later_is_taken_off_again(pipelines, stripe_api, grace):
    intent = pay(stripe_api, grace, FAILS_LATER)
    stripe_api.v1.refunds.create({"payment_intent": intent.id, "amount": 1000})
    pipelines.settle()
    assert Payment.objects.get().amount_refunded == 10
    pipelines.simulator.advance_clock(DAY)
    pipelines.settle()
    payment, refund = Payment.objects.get(), Refund.objects.get()
    assert (payment.status, payment.amount_refunded) == ("succeeded", 0)
    assert (refund.status, pipelines.unsettled()) == ("failed", [])


@pytest.mark.parametrize(("evidence", "taken"), [("winning_evidence", 0), ("losing_evidence", 25)])
def test_a_dispute_keeps_the_money_unless_it_is_won(pipelines, stripe_api, grace, evidence, taken):
    pay(stripe_api, grace, DISPUTED)
    pipelines.settle()
    assert Payment.objects.get().amount_disputed == Decimal(25)
    dispute = stripe_api.v1.disputes.list().data[0]
    stripe_api.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    pipelines.settle()
    payment = Payment.objects.get()
    assert (payment.status, payment.amount, payment.amount_disputed) == ("succeeded", 25, taken)
    assert Dispute.objects.get().status == ("lost" if taken else "won")


def test_a_second_payment_of_one_invoice_shows_as_too_much(pipelines, stripe_api, grace):
    draft = stripe_api.v1.invoices.create(
        {"customer": grace, "currency": "usd", "collection_method": "send_invoice", "days_until_due": 9}
    ).id
    stripe_api.v1.invoices.add_lines(draft, {"lines": [{"amount": 5400, "description": "Work"}]})
    stripe_api.v1.invoices.finalize_invoice(draft)
    for amount in (2000, 4000):
        stripe_api.v1.invoices.attach_payment(
            draft, {"payment_intent": pay(stripe_api, grace, amount=amount).id}
        )
    pipelines.settle()
    invoice = Invoice.objects.get()
    assert (invoice.amount_paid, invoice.amount_remaining) == (60, 0), pipelines.unsettled()
    assert invoice.payment_status == "overpaid" and Payment.objects.count() == 2


def test_a_setup_that_asked_for_it_chooses_the_default(pipelines, stripe_api, grace):
    ways = {"enabled": True, "allow_redirects": "never"}
    made = stripe_api.v1.setup_intents.create(
        {
            "customer": grace,
            "confirm": True,
            "payment_method": "pm_card_mastercard",
            "automatic_payment_methods": ways,
            "metadata": {"flexprice_set_default": "true"},
        }
    )
    pipelines.settle()
    known = default_methods.known(Customer.objects.get())
    assert list(known.values()) == [made.payment_method]
    assert not InboundEvent.objects.filter(state="dead").exists()


@pytest.mark.parametrize("credited", [0, 400])
@pytest.mark.parametrize("order", ["type", "-type"])
def test_an_invoice_that_is_paid_out_of_band_there_counts_once(pipelines, stripe_api, grace, credited, order):
    made = stripe_api.v1.invoices.create({"customer": grace, "auto_advance": False}).id
    stripe_api.v1.invoice_items.create(
        {"customer": grace, "invoice": made, "amount": 1000, "currency": "usd"}
    )
    stripe_api.v1.invoices.finalize_invoice(made)
    if credited:
        stripe_api.v1.credit_notes.create({"invoice": made, "amount": credited})
    pipelines.settle()
    stripe_api.v1.invoices.pay(made, {"paid_out_of_band": True})
    pipelines.simulator.flush_deliveries()
    for event in InboundEvent.objects.filter(state="pending").order_by(order):
        processing.process(event.pk, timezone.now())
    pipelines.settle()
    invoice, due = Invoice.objects.get(), Decimal(1000 - credited) / 100
    assert (invoice.payment_status, invoice.amount_paid) == ("succeeded", due)
    assert [(one.method, one.amount) for one in invoice.payments.all()] == [("out_of_band", due)]
