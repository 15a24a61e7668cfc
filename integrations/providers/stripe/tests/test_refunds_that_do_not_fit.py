"""Refunds and charges that cannot be of the payment that they name: refused, never taken for its money."""

import pytest

from billing.models import Payment, Refund

pytestmark = pytest.mark.django_db
REFUND, CHARGE = "refund_created__partial", "charge_refunded__partial"


@pytest.fixture
def take(world):
    """Sends the golden event with other fields, once its payment of 54.00 USD has succeeded."""
    world.open_checkout()
    world.arrives("payment_intent_succeeded__of_checkout")

    def take(name, **fields):
        event = world.event(name)
        event["data"]["object"] |= fields
        return world.take(event)

    return take


def assert_untouched():
    payment = Payment.objects.get()
    assert (payment.status, payment.amount_refunded, payment.refunded_told) == ("succeeded", 0, 0)
    assert not Refund.objects.exists()


@pytest.mark.parametrize("currency", ["eur", "jpy"])
@pytest.mark.parametrize("name", [REFUND, CHARGE])
def test_in_another_currency(take, name, currency):
    row = take(name, currency=currency)
    assert (row.state, row.attempts) == ("dead", 1)
    assert f"is in {currency.upper()}, but the payment pay_" in row.reason and "is in USD" in row.reason
    assert_untouched()


@pytest.mark.parametrize(("name", "field"), [(REFUND, "amount"), (CHARGE, "amount_refunded")])
def test_over_more_than_the_payment(take, name, field):
    row = take(name, **{field: 5401})
    assert (row.state, row.attempts) == ("dead", 1)
    assert "gives back 54.01 USD, more than the 54.00 USD of the payment pay_" in row.reason
    assert_untouched()


@pytest.mark.parametrize(("name", "field"), [(REFUND, "amount"), (CHARGE, "amount_refunded")])
def test_over_all_of_it_is_applied(take, name, field):
    assert take(name, **{field: 5400}).state == "applied"
    assert Payment.objects.get().status == "refunded"
