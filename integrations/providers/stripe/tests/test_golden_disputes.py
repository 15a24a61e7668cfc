"""charge.dispute.*: what a dispute takes from a payment, and gives back."""

from decimal import Decimal
from itertools import permutations

import pytest

from billing.models import Dispute, Payment
from integrations.providers.stripe.handlers.waiting import WAITING_ATTEMPTS
from integrations.providers.stripe.testing import golden, receive_signed

pytestmark = pytest.mark.django_db
WON = (
    "charge_dispute_created__won",
    "charge_dispute_funds_withdrawn__won",
    "charge_dispute_updated__won",
    "charge_dispute_closed__won",
    "charge_dispute_funds_reinstated__won",
)


@pytest.fixture
def ada(world):
    world.arrives("customer_created__flexsync_id")
    return world


def test_it_takes_the_money_and_a_lost_one_keeps_it(ada):
    ada.arrives("payment_intent_succeeded__disputed", "charge_dispute_created__fraudulent")
    payment, dispute = Payment.objects.get(), Dispute.objects.get()
    assert (dispute.status, dispute.reason, dispute.amount) == (
        "needs_response",
        "fraudulent",
        Decimal("19.99"),
    )
    assert (payment.status, payment.amount_disputed) == ("succeeded", Decimal("19.99"))
    assert dispute.respond_by and not dispute.closed_at
    ada.arrives("charge_dispute_closed__lost")
    payment.refresh_from_db()
    dispute.refresh_from_db()
    assert (dispute.status, payment.amount_disputed) == ("lost", Decimal("19.99"))
    assert dispute.closed_at and (payment.status, payment.amount_refunded) == ("succeeded", 0)


@pytest.mark.parametrize("order", [WON, WON[::-1], *list(permutations(WON))[7::17]])
def test_a_won_one_gives_it_back_in_any_order(ada, order):
    ada.arrives("payment_intent_succeeded__won", *order)
    assert Payment.objects.get().amount_disputed == 0
    assert Dispute.objects.get().status == "won"


def test_an_inquiry_takes_nothing(ada):
    ada.arrives("payment_intent_succeeded__inquiry", "charge_dispute_created__inquiry")
    assert (Dispute.objects.get().status, Payment.objects.get().amount_disputed) == ("inquiry", 0)


def test_it_waits_for_its_payment(ada):
    row = ada.arrive("charge_dispute_created__fraudulent")
    assert row.state == "pending" and "Waits for the payment pi_" in row.reason
    ada.arrives("payment_intent_succeeded__disputed")
    ada.all_apply()
    assert Dispute.objects.get().payment == Payment.objects.get()


def test_one_of_an_unknown_payment_is_ignored_in_the_end(ada):
    row = ada.arrive("charge_dispute_created__fraudulent")
    for _ in range(WAITING_ATTEMPTS):
        row = ada.try_again(row)
    assert (row.state, row.reason) == ("ignored", "The event is about a payment that is not here.")


@pytest.mark.parametrize(
    ("entries", "taken", "is_estimate"),
    [
        ([], "19.99", True),
        ([{"amount": -1980, "currency": "eur"}, {"amount": 700, "currency": "eur"}], "19.80", False),
        ([{"amount": -1800, "currency": "usd"}], "19.99", True),
    ],
)
def test_one_in_another_currency_keeps_it(ada, entries, taken, is_estimate):
    """3000 yen are not 3000.00 euros: what was taken is what Stripe's balance says, else all of it."""
    ada.arrives("payment_intent_succeeded__disputed")
    event = golden("charge_dispute_created__fraudulent")
    event["data"]["object"] |= {"amount": 3000, "currency": "jpy", "balance_transactions": entries}
    assert receive_signed(ada.connection, event).state == "applied"
    dispute, payment = Dispute.objects.get(), Payment.objects.get()
    assert (dispute.amount, dispute.currency, dispute.is_estimate) == (3000, "JPY", is_estimate)
    assert payment.amount_disputed == dispute.amount_of_payment == Decimal(taken)
