"""Stripe has collected an invoice by itself, and FlexSync has not heard of it when it is asked to collect."""

import pytest
from django.utils import timezone

from integrations.connections import manage
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import (
    body,
    charge,
    concurrently,
    fresh,
    received,
    stripe_invoice,
)
from integrations.providers.stripe.tests.taking.both_sides import (
    ASKING,
    assert_nothing_waits,
    assert_paid_once,
    money_taken,
    refusal_of,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("webhooks", [{"drop": -1}, {"delay": 600}], ids=["lost", "late"])
@pytest.mark.parametrize("ask", ASKING)
def test_nothing_more_is_asked(pipelines, stripe_api, connection, invoice, card, ask, webhooks):
    card()
    pipelines.simulator.delivery_settings(**webhooks)
    stripe_api.v1.invoices.pay(stripe_invoice(stripe_api, invoice).id)
    assert refusal_of(ask, connection, invoice) == "invoice_paid"
    assert_paid_once(stripe_api, invoice)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    assert_nothing_waits()


def test_while_the_connection_is_paused_a_charge_waits_and_then_looks(
    pipelines, stripe_api, connection, invoice, card
):
    card()
    manage.pause(connection)
    stripe_api.v1.invoices.pay(stripe_invoice(stripe_api, invoice).id)
    payment = charge(connection, invoice)
    assert payment.status == "pending"
    manage.resume(connection)
    worker.deliver(OutboundSync.objects.get(entity_id=payment.pk).pk, now=timezone.now())
    assert (fresh(payment).status, payment.failure_code) == ("cancelled", "invoice_paid")
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_a_charge_that_waits_for_its_connection_can_be_cancelled(
    api, pipelines, stripe_api, connection, invoice, card
):
    card()
    manage.pause(connection)
    waiting = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.pk}), 202)
    refused = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.pk}), 409)
    assert f"DELETE /v1/payments/{waiting['id']}" in refused["message"]
    assert body(api.delete(f"/payments/{waiting['id']}"), 200)["status"] == "cancelled"
    manage.resume(connection)
    pipelines.settle()
    assert (fresh(invoice).payment_status, money_taken(stripe_api)) == ("pending", 0)
    assert charge(connection, invoice).status == "succeeded"
    paid = body(api.delete(f"/payments/{received(invoice).get().pk}"), 409)
    assert paid["code"] == "payment_of_gateway"


def test_finalized_and_charged_at_once_the_debt_is_paid_once(
    pipelines, stripe_api, connection, invoice, card
):
    """The push that finalizes it at Stripe lets Stripe collect: it goes first."""
    card()
    second = builders.invoice(invoice.customer)
    assert refusal_of(charge, connection, second) == "invoice_paid"
    pipelines.settle()
    assert fresh(second).payment_status == "succeeded"
    assert money_taken(stripe_api) == 5400


def test_while_a_worker_pushes_it_a_charge_waits(pipelines, stripe_api, connection, invoice, card):
    card()
    second = builders.invoice(invoice.customer)
    push = OutboundSync.objects.get(entity_id=second.pk)
    jobs = iter(
        [lambda: charge(connection, second).status, lambda: worker.deliver(push.pk, now=timezone.now())]
    )
    outcomes = concurrently(lambda: next(jobs)())
    pipelines.settle()
    assert set(outcomes) <= {None, "invoice_paid", "succeeded"}
    assert fresh(second).payment_status == "succeeded"
    assert money_taken(stripe_api) == 5400
