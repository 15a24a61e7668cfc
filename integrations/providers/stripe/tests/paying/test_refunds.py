"""Refunds requested in FlexSync: never more than was received, and each once at Stripe."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.facts import PaymentFacts
from billing.models import Dispute, Invoice, Payment, Refund
from billing.services.payments import payments
from integrations.models import OutboundSync
from integrations.payments import refunds
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.excess.steps import unheard
from integrations.providers.stripe.tests.paying.steps import (
    charge,
    concurrently,
    finish,
    fresh,
    refund,
    stripe_invoice,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def payment(pipelines, connection, invoice, card):
    """54.00 USD, received through Stripe."""
    card()
    paid = charge(connection, invoice)
    pipelines.settle()
    return fresh(paid)


def refunded(stripe_api, payment):
    """The amounts that Stripe has refunded, in minor units."""
    found = stripe_api.v1.refunds.list({"payment_intent": payment.gateway_payment_id, "limit": 100})
    return sorted(refund.amount for refund in found.data)


def test_a_part_and_then_the_rest_are_refunded(pipelines, stripe_api, payment, invoice):
    part = refund(payment, Decimal("14.00"), reason="requested_by_customer", note="Two seats too many")
    assert (part.status, part.amount) == ("succeeded", Decimal("14.00"))
    assert (fresh(payment).status, payment.amount_refunded) == ("partially_refunded", Decimal("14.00"))
    rest = refund(payment)
    assert rest.amount == Decimal("40.00")
    pipelines.settle()
    # The webhooks of both change nothing.
    assert (fresh(payment).status, payment.amount_refunded) == ("refunded", builders.TOTAL)
    assert fresh(invoice).payment_status == "refunded"
    assert refunded(stripe_api, payment) == [1400, 4000] and Refund.objects.count() == 2
    stripe_refund = stripe_api.v1.refunds.retrieve(part.gateway_refund_id)
    assert stripe_refund.reason == "requested_by_customer"
    assert stripe_refund.metadata["flexprice_refund_id"] == part.pk
    assert pipelines.unsettled() == [] and pipelines.writes().count("refunds.create") == 2


def test_a_refund_takes_a_look_and_a_call(pipelines, payment):
    before = len(pipelines.simulator.requests())
    refund(payment, Decimal(1))
    calls = [call["operation"] for call in pipelines.simulator.requests()[before:]]
    assert calls == ["refunds.list", "refunds.create"]


def test_what_went_back_at_stripe_unheard_does_not_go_back_again_unless_it_is_asked_for_again(
    pipelines, stripe_api, payment
):
    with unheard(pipelines):
        stripe_api.v1.refunds.create({"payment_intent": payment.gateway_payment_id, "amount": 300})
        made = refund(payment, Decimal(3))
    assert made.status == "failed"
    assert made.failure_reason.startswith("3.00 USD of the payment were refunded at Stripe already")
    assert refunded(stripe_api, payment) == [300] and fresh(payment).amount_refunded == Decimal(3)
    assert refund(payment, Decimal(3)).status == "succeeded"
    assert refunded(stripe_api, payment) == [300, 300] and fresh(payment).amount_refunded == Decimal(6)


def test_more_than_was_received_is_refused_without_a_call(pipelines, stripe_api, payment):
    refund(payment, Decimal(50))
    with pytest.raises(Conflict, match=r"at most 4\.00 USD can still be refunded") as refusal:
        refund(payment, Decimal("4.01"))
    assert refusal.value.code == "refund_too_much"
    assert refunded(stripe_api, payment) == [5000]


def test_two_concurrent_refunds_do_not_exceed_what_was_received(pipelines, stripe_api, payment):
    outcomes = concurrently(lambda: refund(payment, Decimal(30)).status)
    pipelines.settle()
    assert sorted(outcomes) == ["refund_too_much", "succeeded"]
    assert refunded(stripe_api, payment) == [3000]
    assert fresh(payment).amount_refunded == Decimal(30)


def test_the_same_key_is_the_same_refund(pipelines, stripe_api, payment):
    first = refund(payment, Decimal(10), idempotency_key="mine")
    assert refund(payment, Decimal(10), idempotency_key="mine").pk == first.pk
    assert refunded(stripe_api, payment) == [1000]


@pytest.mark.parametrize(
    "effect", ["429", "500_before", "500_after", "reset_after", "timeout_before", "timeout"]
)
def test_with_a_fault_the_money_is_refunded_once(pipelines, short_timeout, stripe_api, payment, effect):
    pipelines.simulator.faults.add("refunds.create", effect)
    local = refund(payment, Decimal(10))
    finish(pipelines)
    assert fresh(local).status == "succeeded"
    assert refunded(stripe_api, payment) == [1000] and fresh(payment).amount_refunded == Decimal(10)


def test_what_stripe_cannot_know_is_refused_without_a_call(pipelines, payment):
    Payment.objects.update(gateway_payment_id="order-7")
    before = len(pipelines.simulator.requests())
    failed = refund(fresh(payment), Decimal(10))
    assert failed.status == "failed" and "'order-7' is not Stripe's" in failed.failure_reason
    assert pipelines.simulator.requests()[before:] == []


def test_what_stripe_refuses_meanwhile_is_a_failed_refund(pipelines, stripe_api, payment):
    pipelines.simulator.faults.add("refunds.create", "500_before")
    begun = refund(payment, Decimal(10))
    with unheard(pipelines):
        stripe_api.v1.refunds.create({"payment_intent": payment.gateway_payment_id})
        finish(pipelines)
    failed = fresh(begun)
    assert failed.status == "failed" and "refunds.create" in failed.failure_reason
    # What explains the refusal counts, although its event was lost, and nobody has to do anything.
    assert (fresh(payment).status, payment.amount_refunded) == ("refunded", builders.TOTAL)
    assert pipelines.unsettled() == []


def test_what_a_dispute_has_taken_unheard_goes_back_once_it_is_won(pipelines, stripe_api, invoice):
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id, "4000000000000259")
    pipelines.settle()
    payment = Payment.objects.get()
    # Its events have not come.
    Dispute.objects.all().delete()
    Payment.objects.update(amount_disputed=0)
    Invoice.objects.update(amount_disputed=0)
    failed = refund(payment, Decimal(10))
    assert failed.status == "failed" and "a dispute has taken 54.00 USD of it" in failed.failure_reason
    assert "Once it is won, ask for the refund again" in failed.failure_reason
    assert fresh(payment).amount_disputed == builders.TOTAL and pipelines.unsettled() == []
    with pytest.raises(Conflict) as refusal:
        refund(payment, Decimal(10))
    assert refusal.value.code == "payment_disputed"
    evidence = {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    stripe_api.v1.disputes.update(stripe_api.v1.disputes.list().data[0].id, evidence)
    pipelines.settle()
    assert refund(payment, Decimal(10)).status == "succeeded" and refunded(stripe_api, payment) == [1000]


def test_a_refund_made_at_stripe_lowers_what_can_be_refunded(pipelines, stripe_api, payment):
    stripe_api.v1.refunds.create({"payment_intent": payment.gateway_payment_id, "amount": 5000})
    pipelines.settle()
    external = Refund.objects.get()
    assert (external.is_external, external.amount, external.status) == (True, Decimal(50), "succeeded")
    with pytest.raises(Conflict, match=r"at most 4\.00 USD"):
        refund(payment, Decimal(5))


def test_a_dry_run_changes_nothing(pipelines, payment):
    before = (pipelines.simulator.requests(), OutboundSync.objects.count())
    calls = refunds.plan(
        environment_id=payment.environment_id, payment_id=payment.pk, amount=Decimal(5), now=timezone.now()
    )
    (planned,) = [call for call in calls if call.operation]
    assert (planned.operation, planned.params["amount"]) == ("refunds.create", 500)
    assert (pipelines.simulator.requests(), OutboundSync.objects.count()) == before
    assert Refund.objects.count() == 0


class TestABankTransfer:
    @pytest.fixture
    def transfer(self, pipelines, invoice):
        facts = PaymentFacts(
            customer_id=invoice.customer_id,
            invoice_id=invoice.id,
            amount=builders.TOTAL,
            currency="USD",
            status="succeeded",
            method="bank_transfer",
        )
        paid = payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())
        pipelines.settle()
        return paid

    def test_is_not_refunded_by_stripe(self, pipelines, transfer):
        with pytest.raises(Conflict, match="Give it back yourself") as refusal:
            refund(transfer, Decimal(5))
        assert refusal.value.code == "payment_not_at_gateway"

    def test_is_recorded_as_refunded_out_of_band(self, pipelines, transfer):
        before = pipelines.writes()
        assert refund(transfer, Decimal(5), out_of_band=True).status == "succeeded"
        pipelines.settle()
        assert (fresh(transfer).status, transfer.amount_refunded) == ("partially_refunded", Decimal(5))
        assert "refunds.create" not in pipelines.writes()[len(before) :]
