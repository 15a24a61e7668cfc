"""A saved card is charged once while the customer is not there, and both sides know the outcome."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.models import Payment
from integrations.models import OutboundSync
from integrations.payments import charges
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import (
    body,
    charge,
    concurrently,
    finish,
    fresh,
    received,
    stripe_invoice,
)
from integrations.providers.stripe.tests.test_round_trips import open_checkout

pytestmark = pytest.mark.django_db(transaction=True)


def assert_paid_once(stripe_api, invoice):
    assert fresh(invoice).payment_status == "succeeded"
    assert received(invoice).get().amount == builders.TOTAL
    found = stripe_invoice(stripe_api, invoice)
    assert (found.status, found.amount_paid, found.amount_overpaid) == ("paid", 5400, 0)
    received_amounts = [intent.amount_received for intent in stripe_api.v1.payment_intents.list().data]
    assert [amount for amount in received_amounts if amount] == [5400]


def test_the_default_card_pays_both_sides_once(pipelines, stripe_api, connection, invoice, card):
    method = card()
    before = pipelines.writes()
    payment = charge(connection, invoice, started_by="API key shop")
    assert (payment.status, payment.gateway_method_id, payment.off_session) == ("succeeded", method, True)
    assert pipelines.writes()[len(before) :] == [
        "invoices.update",
        "invoices.pay",
    ]
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    assert pipelines.unsettled() == []
    assert Payment.objects.filter(invoice=invoice).count() == 1
    assert OutboundSync.objects.filter(entity_id=payment.pk).earliest("id").started_by == "API key shop"


def test_a_chosen_card_is_charged_instead_of_the_default(pipelines, stripe_api, connection, invoice, card):
    card()
    other = card("pm_card_mastercard", default=False)
    payment = charge(connection, invoice, payment_method_id=other)
    intent = stripe_api.v1.payment_intents.retrieve(payment.gateway_payment_id)
    assert intent.payment_method == other
    # The default card is not looked up.
    assert pipelines.simulator.requests("customers.retrieve") == []


def test_a_decline_is_recorded_with_its_code_and_message(pipelines, stripe_api, connection, invoice, card):
    card("pm_card_chargeCustomerFail")
    payment = charge(connection, invoice)
    assert (payment.status, payment.failure_code) == ("failed", "generic_decline")
    assert "declined" in payment.failure_message
    pipelines.settle()
    assert fresh(payment).status == "failed" and pipelines.unsettled() == []
    assert stripe_invoice(stripe_api, invoice).auto_advance is True
    card()
    again = charge(connection, invoice)
    assert again.status == "succeeded"
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    # Stripe has one PaymentIntent for all attempts at the invoice.
    assert (again.gateway_payment_id.startswith("pi_"), fresh(payment).gateway_payment_id) == (True, "")
    assert (payment.status, payment.failure_code) == ("failed", "generic_decline")


def test_3_d_secure_leaves_a_link_on_which_the_customer_pays(
    pipelines, stripe_api, connection, invoice, card
):
    card("pm_card_authenticationRequired")
    payment = charge(connection, invoice)
    assert (payment.status, payment.checkout_url) == ("requires_action", invoice.hosted_invoice_url)
    pipelines.settle()
    assert (fresh(payment).status, fresh(invoice).payment_status) == ("requires_action", "requires_action")
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    # The page takes the money by the same PaymentIntent as the charge: it is the same payment.
    assert (fresh(payment).status, payment.checkout_url) == ("succeeded", invoice.hosted_invoice_url)
    assert received(invoice).get() == payment and pipelines.unsettled() == []


def test_without_a_saved_card_the_payment_fails_with_the_reason(pipelines, connection, invoice):
    payment = charge(connection, invoice)
    assert (payment.status, payment.failure_code) == ("failed", "no_saved_payment_method")
    assert "invoices.pay" not in pipelines.writes()


def test_a_method_that_stripe_does_not_know_is_the_callers_mistake(pipelines, connection, invoice, card):
    card()
    with pytest.raises(Invalid) as refused:
        charge(connection, invoice, payment_method_id="pm_unknown")
    assert "pm_unknown" in refused.value.details["payment_method_id"]
    cancelled = Payment.objects.get(invoice=invoice)
    assert (cancelled.status, cancelled.failure_code) == ("cancelled", "payment_method_refused")
    pipelines.settle()
    assert pipelines.unsettled() == [] and fresh(invoice).payment_status == "pending"
    assert charge(connection, invoice).status == "succeeded"


@pytest.mark.parametrize("call", ["charge", "checkout"])
def test_an_unknown_invoice_in_a_body_is_named(connection, api, call):
    urls = (
        {"success_url": "https://a.example/", "cancel_url": "https://a.example/"}
        if call == "checkout"
        else {}
    )
    answer = api.post(f"/payments/stripe/{call}", json={"invoice_id": "inv_nope", **urls})
    assert body(answer, 400)["details"] == {"invoice_id": "There is no invoice inv_nope."}


def test_an_open_session_expires_before_the_card_is_charged(pipelines, stripe_api, connection, invoice, card):
    card()
    session = open_checkout(connection, invoice).gateway_session_id
    assert charge(connection, invoice).status == "succeeded"
    assert stripe_api.v1.checkout.sessions.retrieve(session).status == "expired"
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_an_invoice_that_is_not_at_stripe_is_charged_too(pipelines, stripe_api, connection, invoice, card):
    card()
    connection.invoice_outbound_enabled = False
    connection.save()
    local = builders.invoice(invoice.customer)
    assert charge(connection, local).status == "succeeded"
    pipelines.settle()
    assert fresh(local).payment_status == "succeeded"
    assert "payment_intents.create" in pipelines.writes()
    assert "invoices.attach_payment" not in pipelines.writes()


def test_during_a_charge_no_other_payment_begins(pipelines, short_timeout, connection, invoice, card):
    card()
    pipelines.simulator.faults.add("invoices.pay", "timeout_before", times=-1)
    payment = charge(connection, invoice)
    assert payment.status == "pending"
    for another in (charge, open_checkout):
        with pytest.raises(Conflict, match="to be charged") as refusal:
            another(connection, invoice)
        assert refusal.value.code == "payment_in_progress"
    # A worker finds out the outcome.
    pipelines.simulator.faults.clear()
    finish(pipelines)
    assert fresh(payment).status == "succeeded"
    assert Payment.objects.filter(invoice=invoice).count() == 1


@pytest.mark.parametrize(
    "effect", ["429", "500_before", "500_after", "reset_after", "timeout_before", "timeout"]
)
@pytest.mark.parametrize("operation", ["invoices.update", "invoices.pay"])
def test_with_a_fault_the_money_is_taken_once(
    pipelines, short_timeout, stripe_api, connection, invoice, card, operation, effect
):
    card()
    pipelines.simulator.faults.add(operation, effect)
    payment = charge(connection, invoice)
    finish(pipelines)
    assert fresh(payment).status == "succeeded"
    assert_paid_once(stripe_api, invoice)


def test_two_concurrent_requests_charge_once(pipelines, stripe_api, connection, invoice, card):
    card()
    outcomes = concurrently(lambda: charge(connection, invoice).status)
    pipelines.settle()
    assert "succeeded" in outcomes and len(outcomes) == 2
    assert {"payment_in_progress", "invoice_paid"} & set(outcomes)
    assert_paid_once(stripe_api, invoice)


def test_the_same_key_is_the_same_charge(pipelines, stripe_api, connection, invoice, card):
    card()
    first = charge(connection, invoice, idempotency_key="mine")
    assert charge(connection, invoice, idempotency_key="mine").pk == first.pk
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_the_same_key_while_the_charge_is_under_way(
    pipelines, short_timeout, stripe_api, connection, invoice, card
):
    """A button that was pressed twice, or a request that is sent again after a cut connection."""
    card()
    pipelines.simulator.faults.add("invoices.pay", "timeout")
    first = charge(connection, invoice, idempotency_key="mine")
    assert first.status == "pending"
    assert charge(connection, invoice, idempotency_key="mine").pk == first.pk
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_a_dry_run_changes_nothing(pipelines, connection, invoice, card):
    card()
    before = (pipelines.simulator.requests(), Payment.objects.count(), OutboundSync.objects.count())
    calls = charges.plan(connection, invoice_id=invoice.id, now=timezone.now())
    assert [call.operation for call in calls if call.operation] == [
        "invoices.update",
        "customers.retrieve",
        "invoices.pay",
    ]
    assert (calls[0].params["auto_advance"], calls[2].params["off_session"]) == (False, True)
    assert (pipelines.simulator.requests(), Payment.objects.count(), OutboundSync.objects.count()) == before


def test_a_paid_invoice_cannot_be_charged(pipelines, connection, invoice, card):
    card()
    charge(connection, invoice)
    with pytest.raises(Conflict, match="Nothing is due"):
        charge(connection, invoice)
    assert fresh(invoice).amount_remaining == Decimal(0)
    assert Payment.objects.filter(invoice=invoice).count() == 1
    assert Kind.PAYMENT == OutboundSync.objects.latest("id").entity_type
