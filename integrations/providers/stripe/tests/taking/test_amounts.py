"""FlexSync asks the customer for exactly what Stripe's invoice asks for, or for nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from billing.facts import LineFacts
from billing.models import Payment
from integrations.models import Connection, OutboundSync
from integrations.outbox import syncs, worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import (
    charge,
    finish,
    fresh,
    stripe_id_of,
    stripe_invoice,
)
from integrations.providers.stripe.tests.taking.both_sides import ASKING, money_taken
from integrations.providers.stripe.tests.test_round_trips import open_checkout

pytestmark = pytest.mark.django_db(transaction=True)


def credit_note(stripe_api, invoice):
    """14.00 USD less, at Stripe."""
    stripe_api.v1.credit_notes.create({"invoice": stripe_invoice(stripe_api, invoice).id, "amount": 1400})


def ask(name, pipelines, connection, invoice):
    """Asks in that way, and lets the customer pay; returns the payment as it was asked for."""
    if name == "charge":
        return charge(connection, invoice)
    payment = open_checkout(connection, invoice)
    pipelines.simulator.delivery_settings(drop=0)
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    return payment


@pytest.mark.parametrize("webhooks", [{"drop": -1}, {"delay": 600}], ids=["lost", "late"])
@pytest.mark.parametrize("name", ["charge", "checkout"])
def test_a_credit_note_made_at_stripe_lowers_what_is_asked(
    pipelines, stripe_api, connection, invoice, card, name, webhooks
):
    card()
    pipelines.simulator.delivery_settings(**webhooks)
    credit_note(stripe_api, invoice)
    assert ask(name, pipelines, connection, invoice).amount == Decimal(40)
    pipelines.simulator.delivery_settings(drop=0, delay=0)
    pipelines.settle()
    assert (fresh(invoice).credited, invoice.amount_due) == (Decimal(14), Decimal(40))
    assert (invoice.amount_remaining, money_taken(stripe_api)) == (0, 4000)
    assert stripe_invoice(stripe_api, invoice).amount_overpaid == 0


@pytest.mark.parametrize(
    ("balance", "asked"), [(-400, Decimal(50)), (500, Decimal(59))], ids=["credit", "debt"]
)
@pytest.mark.parametrize("name", ["charge", "checkout"])
def test_the_customers_balance_counts(pipelines, stripe_api, connection, invoice, card, name, balance, asked):
    card()
    pipelines.simulator.settings(first_attempt_seconds=3600)
    customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
    stripe_api.v1.customers.balance_transactions.create(customer, {"amount": balance, "currency": "usd"})
    pipelines.simulator.delivery_settings(drop=-1)
    second = builders.invoice(invoice.customer)
    payment = ask(name, pipelines, connection, second)
    assert payment.amount == asked
    pipelines.simulator.delivery_settings(drop=0)
    found = stripe_invoice(stripe_api, second)
    assert (fresh(second).amount_due, found.amount_due) == (asked, int(asked * 100))
    assert fresh(second).balance_applied == Decimal(-balance) / 100


def test_what_is_too_small_to_charge_is_asked_for_once(pipelines, stripe_api, connection, invoice, card):
    card()
    pipelines.simulator.settings(first_attempt_seconds=3600)
    small = builders.invoice(invoice.customer, (LineFacts("Stamp", unit_amount=Decimal("0.30")),))
    pipelines.settle()
    assert fresh(small).amount_remaining == 0
    large = builders.invoice(invoice.customer, (LineFacts("Box", unit_amount=Decimal(10)),))
    assert charge(connection, large).amount == Decimal("10.30")
    pipelines.settle()
    assert (fresh(small).amount_paid + fresh(large).amount_paid, money_taken(stripe_api)) == (
        Decimal("10.30"),
        1030,
    )


def test_what_is_too_small_for_stripe_is_refused_with_what_to_do(
    pipelines, stripe_api, connection, invoice, card
):
    """Of an invoice that is not at Stripe; one that is, Stripe settles by the customer's balance."""
    card()
    Connection.objects.filter(pk=connection.pk).update(invoice_outbound_enabled=False)
    small = builders.invoice(invoice.customer, (LineFacts("Stamp", unit_amount=Decimal("0.40")),))
    for name in ("charge", "checkout"):
        with pytest.raises(Conflict, match=r"0.40 USD of invoice .* with a credit note") as refused:
            ask(name, pipelines, fresh(connection), small)
        assert (refused.value.code, refused.value.details) == ("amount_too_small", {"amount": "0.40"})
    assert {payment.status for payment in Payment.objects.filter(invoice=small)} == {"cancelled"}
    assert not OutboundSync.objects.exclude(state__in=["done", "cancelled"]).exists()


def edited_while_finalizing(pipelines, stripe_api, customer):
    """Finalizing has failed: a person can change the draft at Stripe before FlexSync tries again."""
    pipelines.simulator.faults.add("invoices.finalize_invoice", "500_before")
    invoice = builders.invoice(customer)
    push = OutboundSync.objects.get(entity_id=invoice.pk)
    worker.deliver(push.pk, now=timezone.now())
    return invoice, push, stripe_id_of(Kind.INVOICE, invoice.pk)


def test_a_draft_that_was_edited_meanwhile_is_corrected(pipelines, stripe_api, connection, customer):
    _invoice, push, stripe_id = edited_while_finalizing(pipelines, stripe_api, customer)
    line = {"description": "By hand", "amount": 777}
    stripe_api.v1.invoices.add_lines(stripe_id, {"lines": [line]})
    syncs.retry(push.pk, timezone.now())
    worker.deliver_here(push.pk)
    assert fresh(push).state == "done"
    found = stripe_api.v1.invoices.retrieve(stripe_id)
    assert (found.status, found.total) == ("open", 5400)


def test_a_draft_that_is_edited_while_finalizing_fails_is_not_finalized_so(
    pipelines, stripe_api, connection, customer
):
    """Between the look and the repetition of a call whose 500 Stripe has stored."""
    _invoice, push, stripe_id = edited_while_finalizing(pipelines, stripe_api, customer)
    # The look of the attempt is the first, that of the recovery the second.
    pipelines.simulator.faults.add("invoices.retrieve", "slow", nth=2, seconds=2)
    looked = len(pipelines.simulator.requests("invoices.retrieve"))

    def edit():
        while len(pipelines.simulator.requests("invoices.retrieve")) == looked:
            time.sleep(0.02)
        stripe_api.v1.invoices.add_lines(stripe_id, {"lines": [{"description": "By hand", "amount": 777}]})

    with ThreadPoolExecutor() as threads:
        editing = threads.submit(edit)
        syncs.retry(push.pk, timezone.now())
        worker.deliver_here(push.pk)
        editing.result()
    assert fresh(push).state == "sending" and "was changed at Stripe meanwhile" in push.last_error
    assert stripe_api.v1.invoices.retrieve(stripe_id).status == "draft"
    finish(pipelines)
    found = stripe_api.v1.invoices.retrieve(stripe_id)
    assert (found.status, found.total) == ("open", 5400)


@pytest.mark.parametrize("demand", ASKING)
def test_what_was_finalized_with_another_total_is_collected_by_nobody(
    pipelines, stripe_api, connection, customer, demand
):
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.settings(first_attempt_seconds=3600)
    invoice, push, stripe_id = edited_while_finalizing(pipelines, stripe_api, customer)
    stripe_api.v1.invoices.add_lines(stripe_id, {"lines": [{"description": "By hand", "amount": 777}]})
    stripe_api.v1.invoices.finalize_invoice(stripe_id, {"auto_advance": True})
    for _ in range(2):
        syncs.retry(push.pk, timezone.now())
        worker.deliver_here(push.pk)
    assert fresh(push).state == "blocked"
    assert "6177" in push.last_error and "5400" in push.last_error
    assert stripe_api.v1.invoices.retrieve(stripe_id).auto_advance is False
    with pytest.raises(Conflict) as refusal:
        demand(connection, invoice)
    assert refusal.value.code == "amounts_differ"
    assert {"here": "54.00", "there": "61.77"}.items() <= refusal.value.details.items()
