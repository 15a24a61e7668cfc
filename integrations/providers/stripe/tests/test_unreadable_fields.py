"""A field that holds something else than Stripe documents: dead at once, and named with its value."""

from decimal import Decimal

import pytest

from billing.models import Invoice, Payment, Subscription
from integrations.providers.stripe.testing import receive_signed

pytestmark = pytest.mark.django_db
INVOICE, LINE = "invoice_paid__mixed", "lines.data.0"
INTENT = "payment_intent_succeeded__external"
SUBSCRIPTION, ITEM = "customer_subscription_created__one_item", "items.data.0"
CREDIT_NOTE, CUSTOMER = "credit_note_created__plain", "customer_created__full"
# Amounts, times and counts by where they are.
WHOLE = [
    (INVOICE, "total"),
    (INVOICE, "amount_due"),
    (INVOICE, "amount_paid"),
    (INVOICE, "attempt_count"),
    (INVOICE, "due_date"),
    (INVOICE, "period_start"),
    (INVOICE, f"{LINE}.amount"),
    (INVOICE, f"{LINE}.taxes.0.amount"),
    (INVOICE, f"{LINE}.period.end"),
    (INTENT, "amount"),
    (INTENT, "amount_received"),
    (SUBSCRIPTION, "start_date"),
    (SUBSCRIPTION, "cancel_at"),
    (SUBSCRIPTION, f"{ITEM}.current_period_end"),
    (SUBSCRIPTION, f"{ITEM}.price.recurring.interval_count"),
    (CREDIT_NOTE, "amount"),
    (CREDIT_NOTE, "pre_payment_amount"),
]
NUMBERS = [
    (INVOICE, f"{LINE}.quantity_decimal"),
    (INVOICE, f"{LINE}.pricing.unit_amount_decimal"),
    (SUBSCRIPTION, f"{ITEM}.quantity"),
    (SUBSCRIPTION, f"{ITEM}.price.unit_amount_decimal"),
]
OBJECTS = [
    (INVOICE, "lines"),
    (INVOICE, f"{LINE}.period"),
    (INVOICE, f"{LINE}.pricing"),
    (INVOICE, "parent"),
    (INVOICE, "status_transitions"),
    (INTENT, "last_payment_error"),
    (INTENT, "metadata"),
    (SUBSCRIPTION, "items"),
    (SUBSCRIPTION, "pause_collection"),
    (SUBSCRIPTION, f"{ITEM}.price.recurring"),
    (CUSTOMER, "address"),
    (CUSTOMER, "metadata"),
]
LISTS = [
    (INVOICE, "lines.data"),
    (INVOICE, f"{LINE}.taxes"),
    (INVOICE, f"{LINE}.discount_amounts"),
    (CREDIT_NOTE, "refunds"),
    (CUSTOMER, "preferred_locales"),
]
TEXTS = [
    (INVOICE, "currency"),
    (INVOICE, "description"),
    (INVOICE, f"{LINE}.description"),
    (INTENT, "currency"),
    (CUSTOMER, "name"),
    (CUSTOMER, "address.line1"),
    (CUSTOMER, "metadata.external_id"),
]
# What none of them may hold.
VALUES = {
    "whole": ["12", "", 12.5, 12.0, True, [12], {"value": 12}, 10**30, -(10**30)],
    "number": ["", "1,5", "1_000", " 12 ", "٣", ".5", "NaN", "Infinity", "1e400", 2.5, False, ["1"], {}],
    "object": ["text", 5, ["list"], True],
    "list": ["text", 5, {"0": {}}, [5], True],
    "text": [5, 1.5, True, ["text"], {"text": "text"}],
}
CASES = [
    (name, path, kind)
    for kind, fields in zip(VALUES, (WHOLE, NUMBERS, OBJECTS, LISTS, TEXTS), strict=True)
    for name, path in fields
]


def put(stripe_object, path, value):
    """Sets the field at ``path``; returns its name."""
    *outer, last = path.split(".")
    for step in outer:
        stripe_object = stripe_object[int(step)] if isinstance(stripe_object, list) else stripe_object[step]
    stripe_object[last] = value
    return last


@pytest.fixture
def send(world):
    """Sends a golden event with one field changed; returns its row and the field's name."""

    def send(name, path, value, number=0):
        event = world.event(name, id=f"evt_{number}")
        field = put(event["data"]["object"], path, value)
        return receive_signed(world.connection, event), field

    world.arrives("customer_created__flexsync_id")
    world.link_invoice(CREDIT_NOTE)
    return send


@pytest.mark.parametrize(("name", "path", "kind"), CASES)
def test_is_dead_at_once_and_named(send, name, path, kind):
    for number, value in enumerate(VALUES[kind]):
        row, field = send(name, path, value, number)
        assert (row.state, row.attempts) == ("dead", 1), (value, row.reason)
        assert field in row.reason and repr(value)[:40] in row.reason
    assert not Invoice.objects.filter(is_external=True) and not Payment.objects.exists()
    assert not Subscription.objects.exists()


@pytest.mark.parametrize("seconds", [10**12, -(10**12), 10**18])
def test_a_time_beyond_all_range_is_too(send, seconds):
    row, _ = send(SUBSCRIPTION, "trial_end", seconds)
    assert row.state == "dead" and "trial_end of subscription sub_" in row.reason
    assert f"is {seconds}, not a time that can be stored" in row.reason


def test_a_wrong_value_is_shown_in_part(send):
    row, _ = send(CUSTOMER, "name", ["x" * 5000])
    assert row.state == "dead" and len(row.reason) < 300


def test_an_amount_that_no_column_holds_is_named(send):
    row, _ = send(INTENT, "amount", 10**18)
    assert row.state == "dead" and row.reason.startswith("amount: Stripe's amount 1000000000000000000 EUR")


def test_what_is_whole_is_read(send):
    row, _ = send(INTENT, "amount_received", None)
    assert row.state == "applied" and Payment.objects.get().amount == Decimal("19.99")
