"""What Stripe has made credit of is taken back with the refund of the excess: both, or neither."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Invoice
from billing.services.invoices import amounts_paid
from billing.services.invoices.credit_notes import CreditNoteRequest
from integrations.models import OutboundSync
from integrations.payments import credit_notes
from integrations.providers.stripe.tests.excess.steps import (
    balance,
    credit_taken,
    excess_of,
    open_page,
    pay,
    pay_part_at_stripe,
    refund_duplicate,
    refunded,
    unheard,
)
from integrations.providers.stripe.tests.paying.steps import (
    finish,
    fresh,
    refund,
    stripe_id_of,
    stripe_invoice,
    transfer,
)

pytestmark = pytest.mark.django_db(transaction=True)
FAILS_LATER = "4000000000005126"


@pytest.fixture
def credited(pipelines, stripe_api, connection, invoice):
    """20.00 were attached at Stripe, then 54.00 paid on a page: Stripe has made credit of 20.00."""
    return overpay(pipelines, stripe_api, connection, invoice)


def overpay(pipelines, stripe_api, connection, invoice, card="4242424242424242"):
    page = open_page(connection, invoice)
    pay_part_at_stripe(stripe_api, invoice, 2000)
    pipelines.simulator.advance_clock(60)
    pay(pipelines, page, card)
    pipelines.settle()
    assert stripe_invoice(stripe_api, invoice).amount_overpaid == 2000
    assert balance(stripe_api, invoice) == -2000
    return fresh(invoice)


def test_the_refund_takes_the_credit_back(pipelines, stripe_api, credited):
    assert excess_of(credited)[0] == Decimal(20)
    refund_duplicate(credited)
    pipelines.settle()
    assert (refunded(stripe_api), balance(stripe_api, credited)) == ([2000], 0)
    assert excess_of(credited) is None and pipelines.unsettled() == []


def test_no_more_is_taken_than_was_credited(pipelines, stripe_api, credited):
    """A person refunds all of the second payment: 20.00 of it too much, 34.00 out of kindness."""
    payment = credited.payments.latest("amount")
    for amount in (15, 15, 24):
        refund(fresh(payment), Decimal(amount))
    assert refunded(stripe_api) == [1500, 1500, 2400]
    assert credit_taken(stripe_api, credited) == [500, 1500] and balance(stripe_api, credited) == 0


def test_a_refund_of_what_is_not_too_much_asks_for_no_credit(pipelines, stripe_api, connection, invoice):
    page = open_page(connection, invoice)
    pay(pipelines, page)
    pipelines.settle()
    before = len(pipelines.simulator.requests())
    refund(fresh(page), Decimal(5))
    calls = [call["operation"] for call in pipelines.simulator.requests()[before:]]
    assert calls == ["refunds.list", "refunds.create"]


def test_money_given_back_outside_stripe_takes_the_credit_back_too(pipelines, stripe_api, invoice):
    """A credit note was made there meanwhile, so the bank transfer of all was too much, and became credit."""
    with unheard(pipelines):
        stripe_api.v1.credit_notes.create({"invoice": stripe_invoice(stripe_api, invoice).id, "amount": 1400})
    transfer(invoice, "54.00")
    pipelines.settle()
    assert (excess_of(invoice)[0], balance(stripe_api, invoice)) == (Decimal(14), -1400)
    refund_duplicate(invoice, out_of_band=True)
    pipelines.settle()
    assert excess_of(invoice) is None
    assert (credit_taken(stripe_api, invoice), balance(stripe_api, invoice)) == ([1400], 0)
    assert pipelines.unsettled() == []


@pytest.mark.parametrize(
    "effect", ["429", "500_before", "500_after", "reset_after", "timeout_before", "timeout"]
)
def test_with_a_fault_it_is_taken_once(pipelines, short_timeout, stripe_api, credited, effect):
    pipelines.simulator.faults.add("customers.balance_transactions.create", effect)
    refund_duplicate(credited)
    finish(pipelines)
    assert (refunded(stripe_api), credit_taken(stripe_api, credited)) == ([2000], [2000])


def test_a_refused_credit_blocks_the_sync_but_not_the_refund(pipelines, stripe_api, credited):
    with unheard(pipelines):
        stripe_api.v1.customers.delete(stripe_id_of(Kind.CUSTOMER, credited.customer_id))
    (made,) = refund_duplicate(credited)
    assert (made.status, refunded(stripe_api)) == ("succeeded", [2000])
    blocked = OutboundSync.objects.get(state="blocked")
    assert blocked.entity_id == made.payment_id and "balance_transactions" in blocked.last_error


def test_a_refund_that_fails_later_gives_the_credit_again(pipelines, stripe_api, connection, invoice):
    overpay(pipelines, stripe_api, connection, invoice, FAILS_LATER)
    (made,) = refund_duplicate(invoice)
    pipelines.settle()
    assert balance(stripe_api, invoice) == 0
    pipelines.simulator.advance_clock(3600)
    pipelines.settle()
    assert fresh(made).status == "failed" and excess_of(invoice)[0] == Decimal(20)
    assert sorted(credit_taken(stripe_api, invoice)) == [-2000, 2000]
    assert balance(stripe_api, invoice) == -2000 and pipelines.unsettled() == []


def refund_at_stripe(stripe_api, payment, amount):
    stripe_api.v1.refunds.create({"payment_intent": payment.gateway_payment_id, "amount": amount})


def test_refunds_at_stripe_take_the_credit_back(pipelines, stripe_api, credited):
    """No more than there was of it, whichever of the payments goes back."""
    part, page = credited.payments.order_by("amount")
    for payment, amount in ((page, 500), (part, 1000), (page, 900)):
        refund_at_stripe(stripe_api, payment, amount)
        pipelines.settle()
    assert excess_of(credited) is None
    assert sorted(credit_taken(stripe_api, credited)) == [500, 500, 1000]
    assert balance(stripe_api, credited) == 0 and pipelines.unsettled() == []


def test_credit_that_was_taken_there_is_not_taken_again(pipelines, stripe_api, credited):
    customer = stripe_id_of(Kind.CUSTOMER, credited.customer_id)
    stripe_api.v1.customers.balance_transactions.create(customer, {"amount": 1500, "currency": "usd"})
    refund_at_stripe(stripe_api, credited.payments.latest("amount"), 2000)
    pipelines.settle()
    assert (sorted(credit_taken(stripe_api, credited)), balance(stripe_api, credited)) == ([500, 1500], 0)


def test_a_credit_note_at_stripe_leaves_the_credit(pipelines, stripe_api, credited):
    stripe_id = stripe_invoice(stripe_api, credited).id
    stripe_api.v1.credit_notes.create({"invoice": stripe_id, "amount": 500, "refund_amount": 500})
    pipelines.settle()
    assert (refunded(stripe_api), balance(stripe_api, credited)) == ([500], -2000)
    assert excess_of(credited)[0] == Decimal(20)


def test_a_credit_note_gives_back_nothing_of_the_excess(pipelines, stripe_api, credited):
    """Of 54.00 due, 5.00 are credited and go back; the 20.00 too much are as before."""
    request = CreditNoteRequest(amount=Decimal(5), reason="order_change", refund=Decimal(5))
    place = {"environment_id": credited.environment_id, "invoice_id": credited.pk}
    credit_notes.issue(**place, request=request, now=timezone.now())
    pipelines.settle()
    assert (excess_of(credited)[0], balance(stripe_api, credited)) == (Decimal(20), -2000)
    shown = Invoice.objects.annotate(excess=amounts_paid.EXCESS).get(pk=credited.pk)
    assert shown.excess == Decimal(20)
    refund_duplicate(credited)
    pipelines.settle()
    assert (sum(refunded(stripe_api)), balance(stripe_api, credited)) == (2500, 0)
    assert excess_of(credited) is None and fresh(credited).payment_status == "partially_refunded"


def test_a_refund_at_stripe_that_fails_gives_the_credit_again(pipelines, stripe_api, connection, invoice):
    overpay(pipelines, stripe_api, connection, invoice, FAILS_LATER)
    refund_at_stripe(stripe_api, fresh(invoice).payments.latest("amount"), 2000)
    pipelines.settle()
    assert balance(stripe_api, invoice) == 0
    pipelines.simulator.advance_clock(3600)
    pipelines.settle()
    assert balance(stripe_api, invoice) == -2000 and excess_of(invoice)[0] == Decimal(20)
