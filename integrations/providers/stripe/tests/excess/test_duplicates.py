"""An invoice that was paid twice: whatever else is refused, its duplicate is shown, and refunded once."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Payment, Refund
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.excess.steps import (
    balance,
    excess_of,
    open_page,
    pay,
    pay_part_at_stripe,
    refund_duplicate,
    refunded,
    unheard,
)
from integrations.providers.stripe.tests.paying.steps import (
    body,
    concurrently,
    finish,
    fresh,
    received,
    refund,
    stripe_invoice,
    transfer,
)

pytestmark = pytest.mark.django_db(transaction=True)


def duplicate_of(invoice):
    return Payment.objects.get(pk=excess_of(invoice)[1][0])


def test_both_payments_are_named(paid_twice):
    assert (paid_twice.payment_status, paid_twice.amount_paid) == ("overpaid", 2 * builders.TOTAL)
    amount, (duplicate,) = excess_of(paid_twice)
    payments = Payment.objects.filter(invoice=paid_twice, status="succeeded").order_by("succeeded_at")
    assert amount == builders.TOTAL and duplicate == payments.last().pk and len(payments) == 2


def test_the_duplicate_is_never_attached(pipelines, stripe_api, paid_twice):
    assert "invoices.attach_payment" not in pipelines.writes()
    assert stripe_invoice(stripe_api, paid_twice).amount_overpaid == 0
    assert balance(stripe_api, paid_twice) == 0 and pipelines.unsettled() == []


def test_its_refund_settles_both_sides(pipelines, stripe_api, paid_twice):
    (made,) = refund_duplicate(paid_twice)
    pipelines.settle()
    assert (fresh(made).status, made.amount, made.reason) == ("succeeded", builders.TOTAL, "duplicate")
    assert refunded(stripe_api) == [5400] and excess_of(paid_twice) is None
    assert (paid_twice.payment_status, paid_twice.amount_remaining) == ("succeeded", 0)
    assert balance(stripe_api, paid_twice) == 0 and pipelines.unsettled() == []


def test_two_clicks_refund_once(pipelines, stripe_api, paid_twice):
    outcomes = concurrently(lambda: len(refund_duplicate(paid_twice)))
    pipelines.settle()
    assert sorted(map(str, outcomes)) == ["1", "nothing_in_excess"] and refunded(stripe_api) == [5400]


@pytest.mark.parametrize(
    "effect", ["429", "500_before", "500_after", "reset_after", "timeout_before", "timeout"]
)
def test_with_a_fault_it_is_refunded_once(pipelines, short_timeout, stripe_api, paid_twice, effect):
    pipelines.simulator.faults.add("refunds.create", effect)
    refund_duplicate(paid_twice)
    finish(pipelines)
    assert refunded(stripe_api) == [5400] and excess_of(paid_twice) is None


@pytest.mark.parametrize("operation", ["invoices.attach_payment", "invoices.update", "invoices.retrieve"])
def test_a_push_that_never_succeeds_does_not_stop_the_refund(
    pipelines, stripe_api, connection, invoice, operation
):
    page = open_page(connection, invoice)
    pay_part_at_stripe(stripe_api, invoice, 2000)
    pipelines.simulator.faults.add(operation, "500_before", times=-1)
    pipelines.simulator.advance_clock(60)
    pay(pipelines, page)
    with suppress(AssertionError):  # the push waits for its next attempt for ever
        pipelines.settle()
    assert excess_of(invoice) == (Decimal(20), [page.pk])
    (made,) = refund_duplicate(invoice)
    assert (made.status, refunded(stripe_api)) == ("succeeded", [2000])
    assert excess_of(invoice) is None


def test_an_attachment_that_is_refused_for_ever_does_not_stop_the_refund(
    pipelines, stripe_api, connection, invoice
):
    """Its hosted page was paid too, and FlexSync never heard of that."""
    page = open_page(connection, invoice)
    with unheard(pipelines):
        pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pay(pipelines, page)
    pipelines.settle()
    made = refund(fresh(page))
    assert (made.status, refunded(stripe_api)) == ("succeeded", [5400])


class TestOverTheApi:
    def test_the_invoice_names_both_payments(self, api, paid_twice):
        shown = body(api.get(f"/invoices/{paid_twice.pk}"), 200)["excess"]
        assert (shown["amount"], shown["refund_pending"]) == ("54.00", "0.00")
        assert [(one["is_duplicate"], one["excess"]) for one in shown["payments"]] == [
            (False, "0.00"),
            (True, "54.00"),
        ]
        listed = body(api.get("/invoices?payment_status=overpaid"), 200)["items"]
        assert [one["excess"] for one in listed] == [shown]

    def test_the_duplicate_is_refunded_by_one_call(self, pipelines, api, stripe_api, paid_twice):
        key = {"Idempotency-Key": "one"}
        address = f"/invoices/{paid_twice.pk}/refund_duplicate"
        answers = [body(api.post(address, json={}, headers=key), 201) for _ in range(2)]
        assert answers[0] == answers[1] and answers[0]["excess"] is None
        (refund,) = answers[0]["refunds"]
        assert (refund["amount"], refund["status"], refund["started_by"]) == (
            "54.00",
            "succeeded",
            "API key shop",
        )
        assert refunded(stripe_api) == [5400]
        error = body(api.post(address, json={}), 409)
        assert error["code"] == "nothing_in_excess"

    def test_an_unknown_invoice_is_not_found(self, api):
        assert body(api.post("/invoices/inv_0/refund_duplicate", json={}), 404)["code"] == "not_found"


class TestAConnectionThatRefundsDuplicates:
    @pytest.fixture(autouse=True)
    def _automatic(self, connection):
        connection.auto_refund_duplicates = True
        connection.save()

    def test_refunds_them_by_itself(self, pipelines, stripe_api, paid_twice):
        assert refunded(stripe_api) == [5400] and excess_of(paid_twice) is None
        assert Refund.objects.get().started_by == "auto_refund_duplicates"
        assert pipelines.unsettled() == []

    def test_does_not_believe_money_that_was_recorded_by_hand(self, pipelines, stripe_api, invoice):
        pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
        pipelines.settle()
        transfer(invoice, "54.00")
        pipelines.settle()
        assert refunded(stripe_api) == [] and excess_of(invoice)[0] == Decimal(54)

    def test_does_not_ask_again_for_what_was_refused(self, pipelines, stripe_api, connection, invoice):
        connection.auto_refund_duplicates = False
        connection.save()
        page = open_page(connection, invoice)
        pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
        pay(pipelines, page)
        pipelines.settle()
        Payment.objects.filter(pk=page.pk).update(gateway_payment_id="order-7")
        connection.auto_refund_duplicates = True
        connection.save()
        # It ends only once no refund is asked for any more.
        pipelines.settle()
        assert [one.status for one in Refund.objects.all()] == ["failed"]
        assert refunded(stripe_api) == [] and excess_of(invoice)[0] == builders.TOTAL

    def test_hears_of_what_stripe_has_refunded_already(self, pipelines, stripe_api, connection, invoice):
        connection.auto_refund_duplicates = False
        connection.save()
        page = open_page(connection, invoice)
        pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
        pay(pipelines, page)
        pipelines.settle()
        with unheard(pipelines):
            stripe_api.v1.refunds.create({"payment_intent": duplicate_of(invoice).gateway_payment_id})
        connection.auto_refund_duplicates = True
        connection.save()
        pipelines.settle()
        assert sorted(one.status for one in Refund.objects.all()) == ["failed", "succeeded"]
        assert refunded(stripe_api) == [5400] and excess_of(invoice) is None


def test_of_one_second_what_stripes_invoice_took_is_no_duplicate(pipelines, stripe_api, connection, invoice):
    page = open_page(connection, invoice)
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pay(pipelines, page)
    pipelines.settle()
    received(invoice).update(succeeded_at=timezone.now())
    assert excess_of(invoice) == (Decimal("54.00"), [page.pk])


@pytest.mark.parametrize("which", ["earliest", "latest"])
def test_a_duplicate_that_went_back_at_stripe_unheard_does_not_go_back_twice(
    pipelines, stripe_api, paid_twice, which
):
    """Whichever of both payments it was: one of them stays."""
    gone = getattr(paid_twice.payments.filter(status="succeeded"), which)("succeeded_at")
    with unheard(pipelines):
        stripe_api.v1.refunds.create({"payment_intent": gone.gateway_payment_id})
        (made,) = refund_duplicate(paid_twice)
    assert (made.status, refunded(stripe_api)) == ("failed", [5400])
    assert "54.00 USD were refunded at Stripe already" in made.failure_reason
    pipelines.settle()
    assert fresh(paid_twice).payment_status == "succeeded"
    assert excess_of(paid_twice) is None and pipelines.unsettled() == []
