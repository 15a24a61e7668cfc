"""Payments that name no customer: kept without one, or ignored with all that becomes of them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.utils import quote
from django.utils import timezone

from billing.models import Payment
from billing.services.payments import payments
from integrations.inbox import processing
from integrations.inbox.outcomes import MAX_ATTEMPTS
from integrations.models import InboundEvent
from integrations.providers.stripe.tests.odd.settling import settle
from integrations.tests.conftest import client

PAYMENT, INTENT, CHARGE = "payment_intent_succeeded__external", "pi_guest", "ch_guest"
REFUND, REFUNDED, DISPUTE = (
    "refund_created__partial",
    "charge_refunded__partial",
    "charge_dispute_created__fraudulent",
)


@pytest.fixture
def api(environment):
    return client(environment)


def changed(world, name, **fields):
    event = world.event(name)
    event["data"]["object"] |= fields
    return event


def paid(world, **fields):
    """The event of a guest's payment of 19.99 EUR."""
    values = {"id": INTENT, "customer": None, "latest_charge": CHARGE, "metadata": {}} | fields
    return world.take(changed(world, PAYMENT, **values))


def follow_ups(world):
    """What becomes of it: a refund of 5.00, told twice, and a dispute."""
    place = {"payment_intent": INTENT, "currency": "eur", "customer": None, "metadata": {}}
    yield changed(world, REFUND, **place, charge=CHARGE, amount=500, status="succeeded")
    yield changed(world, REFUNDED, **place, id=CHARGE, amount=1999, amount_refunded=500)
    yield changed(world, DISPUTE, **place, charge=CHARGE, amount=1499, balance_transactions=[])


def turn(connection, on):
    connection.keeps_guest_payments = on
    connection.save()


def test_is_kept_without_a_customer(world):
    assert paid(world).state == "applied"
    found = Payment.objects.get()
    assert (found.customer, found.invoice, found.amount, found.status) == (
        None,
        None,
        Decimal("19.99"),
        "succeeded",
    )
    assert [world.take(event).state for event in follow_ups(world)] == ["applied"] * 3
    found.refresh_from_db()
    assert (found.amount_refunded, found.amount_disputed) == (Decimal("5.00"), Decimal("14.99"))


def test_an_account_that_is_no_customer_pays_like_a_guest(world):
    assert paid(world, customer_account="acct_1").state == "applied"
    assert Payment.objects.get().customer is None


def test_is_ignored_with_all_that_becomes_of_it_where_the_option_is_off(world):
    turn(world.connection, on=False)
    payment = paid(world)
    assert payment.state == "ignored" and "keeps_guest_payments is off" in payment.reason
    rows = [world.take(event) for event in follow_ups(world)]
    assert [(row.state, row.attempts) for row in rows] == [("ignored", 1)] * 3
    assert all(
        f"the payment {INTENT}, which was ignored: The payment names no customer" in row.reason
        for row in rows
    )
    assert not Payment.objects.exists()
    turn(world.connection, on=True)
    now = timezone.now()
    processing.replay([row.pk for row in (*reversed(rows), payment)], now)
    # One that is applied before the payment waits for it.
    for hours in range(2):
        processing.process_due(now + timedelta(hours=hours), 10)
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}
    assert Payment.objects.get().amount_refunded == Decimal("5.00")


@pytest.mark.parametrize("switch", ["payment_inbound_enabled"])
def test_no_option_brings_what_its_switch_leaves_out(world, switch):
    setattr(world.connection, switch, False)
    world.connection.save()
    assert paid(world).reason.startswith(f"{switch} is off")


def test_gets_its_customer_once_stripe_names_it(world):
    paid(world)
    world.arrives("customer_created__flexsync_id")
    customer = world.event(PAYMENT)["data"]["object"]["customer"]
    later = changed(world, PAYMENT, id=INTENT, customer=customer, metadata={})
    assert world.take(later | {"id": "evt_later", "created": later["created"] + 1}).state == "applied"
    assert Payment.objects.get().customer == world.ada


def test_a_reference_that_names_no_invoice_of_stripes_is_none(world):
    row = paid(world, payment_details={"order_reference": "in_ofTheShop"})
    assert row.state == "pending" and row.reason.startswith("Waits for the invoice in_ofTheShop to arrive.")
    world.try_again(row)
    assert world.try_again(row).state == "applied", row.reason
    assert Payment.objects.get().invoice is None


def test_money_of_an_invoice_that_never_comes_is_not_booked_without_it(world):
    row = paid(world, invoice="in_lost")
    settle(MAX_ATTEMPTS)
    row.refresh_from_db()
    assert row.state == "ignored" and row.reason.startswith(
        "The payment is for the invoice in_lost, which is not"
    )
    assert not Payment.objects.exists()


def test_gets_its_customer_with_its_invoice(world):
    world.connection.keeps_guest_payments = True
    paid(world, currency="usd", amount=5400, amount_received=5400)
    found = Payment.objects.get()
    payments.assign(
        environment_id=found.environment_id, payment_id=found.pk, invoice_id=world.invoice.pk, origin="conn_1"
    )
    found.refresh_from_db()
    world.invoice.refresh_from_db()
    assert (found.customer, found.invoice) == (world.ada, world.invoice)
    assert world.invoice.payment_status == "succeeded"


def test_is_shown_and_found(world, admin_client):
    paid(world)
    found = Payment.objects.get()
    page = admin_client.get(f"/admin/billing/payment/{quote(found.pk)}/change/")
    assert page.status_code == 200 and "19.99" in page.content.decode()
    for is_empty in (True, False):
        listed = admin_client.get(
            f"/admin/billing/payment/?customer__isempty={int(is_empty)}"
        ).content.decode()
        assert (quote(found.pk) in listed) == is_empty


def test_can_be_refunded(world, api):
    paid(world)
    found = Payment.objects.get()
    plan = api.post(f"/v1/payments/{found.pk}/refund?dry_run=true", {"amount": "5.00"}, format="json").json()
    assert [call["params"]["payment_intent"] for call in plan["calls"]] == [INTENT], plan


@pytest.mark.parametrize(("asked", "count"), [("", 2), ("?guest=true", 1), ("?guest=false", 1)])
def test_the_api_says_that_it_has_no_customer(world, api, asked, count):
    paid(world)
    world.open_checkout()
    answer = api.get(f"/v1/payments{asked}").json()
    assert answer["pagination"]["total"] == count
    if asked == "?guest=true":
        assert answer["items"][0]["customer_id"] is None
