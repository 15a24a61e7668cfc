"""Events of a customer who was deleted at Stripe since: applied without what can be read no more."""

import pytest

from billing.models import BalanceTransaction, Invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(world):
    """Ada is known here; Stripe, which has nothing, answers 404."""
    world.arrives("customer_created__flexsync_id")
    return world


def test_an_update_with_a_balance_is_applied(ada):
    event = ada.event("customer_created__flexsync_id", type="customer.updated", id="evt_later")
    event["data"]["object"] |= {"name": "Ada King", "balance": -500, "currency": "usd"}
    event["created"] += 1
    row = ada.take(event)
    assert (row.state, row.reason) == ("applied", "")
    ada.ada.refresh_from_db()
    assert ada.ada.name == "Ada King" and not BalanceTransaction.objects.exists()


def test_an_invoice_that_its_credit_was_taken_off_is_imported(ada):
    event = ada.event("invoice_finalized__renewal")
    due = event["data"]["object"]["amount_due"] - 400
    event["data"]["object"] |= {"amount_due": due, "amount_remaining": due}
    event["data"]["object"] |= {"starting_balance": -400, "ending_balance": 0}
    row = ada.take(event)
    assert (row.state, row.reason) == ("applied", "")
    assert Invoice.objects.get(is_external=True).balance_applied == 4


def test_a_balance_in_an_unknown_currency_is_left_out(ada):
    event = ada.event("customer_created__flexsync_id", type="customer.updated", id="evt_later")
    event["data"]["object"] |= {"balance": -500, "currency": "zzz"}
    event["created"] += 1
    assert ada.take(event).state == "applied"
