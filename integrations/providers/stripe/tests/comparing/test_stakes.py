"""The money at stake of a payment."""

from decimal import Decimal

import pytest

from billing.models import Payment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def paid(account, imported):
    """A payment of 42.00 on both sides."""
    made = account.payment(account.customer(1), 4200)
    imported()
    return made


def test_of_a_refund_that_has_not_come_here_is_what_went_back(paid, stripe_api, findings):
    stripe_api.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    assert {one.field: one.amount_at_stake for one in findings()} == {
        "status": Decimal("10.00"),
        "amount_refunded": Decimal("10.00"),
    }


def test_of_money_that_is_said_not_to_have_come_is_all_of_it(paid, findings):
    Payment.objects.update(status="failed")
    [found] = findings()
    assert (found.field, found.amount_at_stake) == ("status", Decimal("42.00"))
