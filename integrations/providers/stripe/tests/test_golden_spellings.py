"""One fact in the old spelling, the new one and both leads to the same rows: the right ones."""

from decimal import Decimal

import pytest
from django.db import transaction

from billing.events import Kind
from billing.models import CreditNote, Dispute, Invoice, Payment, Refund, Subscription
from integrations.inbox import snapshots
from integrations.providers.stripe.testing import receive_signed

pytestmark = pytest.mark.django_db
TOTALS = ("subtotal", "discounts", "tax", "total", "amount_due", "amount_paid")
LINE = ("quantity", "unit_amount", "amount", "discount", "tax")
# What each invoice is, in every spelling: its totals, and its lines.
INVOICES = {
    "renewal": (
        ("113", "30", "16.60", "99.60", "99.60", "99.60"),
        [("12", "10", "120", "30", "18"), ("1", "-7", "-7", "0", "-1.40")],
    ),
    "mixed": (
        ("67.66", "3", "13.55", "78.21", "78.21", "78.21"),
        [
            ("2.5", "20", "50", "0", "10"),
            ("3", "-4.113", "-12.34", "0", "-1.85"),
            ("3", "10", "30", "3", "5.40"),
        ],
    ),
    "first": (
        ("40", "3.97", "7.21", "43.24", "43.24", "43.24"),
        [("3", "10", "30", "2.97", "5.40"), ("1", "10", "10", "1", "1.81")],
    ),
}
SPELLINGS = {
    "invoice_paid__renewal": "renewal",
    "invoice_paid__renewal_old": "renewal",
    "invoice_paid__renewal_both": "renewal",
    "invoice_paid__mixed": "mixed",
    "invoice_paid__mixed_old": "mixed",
    "invoice_paid__mixed_both": "mixed",
    "invoice_paid__mixed_first": "first",
}


@pytest.fixture
def ada(world):
    """The world, where the customer of all these events is known."""
    world.arrives("customer_created__flexsync_id")
    return world


def values(row, names):
    return tuple(getattr(row, name) for name in names)


def decimals(texts):
    return tuple(Decimal(text) for text in texts)


@pytest.mark.parametrize(("name", "expected"), SPELLINGS.items())
def test_an_invoice_has_the_right_values(ada, name, expected):
    ada.arrives(name)
    invoice = Invoice.objects.get(is_external=True)
    totals, lines = INVOICES[expected]
    assert values(invoice, TOTALS) == decimals(totals)
    assert [values(line, LINE) for line in invoice.lines.all()] == [decimals(line) for line in lines]
    assert (invoice.status, invoice.payment_status) == ("finalized", "succeeded")
    assert sum(payment.amount for payment in Payment.objects.all()) == invoice.total


@pytest.mark.parametrize("variant", ["renewal", "mixed"])
def test_every_field_of_an_invoice_is_the_same_in_each_spelling(ada, variant):
    found = []
    for name in (f"invoice_paid__{variant}{spelling}" for spelling in ("", "_old", "_both")):
        with transaction.atomic():
            ada.arrives(name)
            invoice = Invoice.objects.get(is_external=True)
            found.append(snapshots.of(Kind.INVOICE, invoice.pk))
            transaction.set_rollback(True)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("name", "payment"),
    [
        ("invoice_paid__renewal", ""),
        ("invoice_paid__renewal_old", "pi_"),
        ("invoice_paid__mixed_first", "ch_"),
    ],
)
def test_an_old_invoice_names_what_paid_it(ada, name, payment):
    ada.arrives(name)
    assert Payment.objects.get().gateway_payment_id[:3] == payment


@pytest.mark.parametrize(
    ("name", "quantity"),
    [
        ("customer_subscription_created__one_item", 4),
        ("customer_subscription_created__old_dialect", 4),
        ("customer_subscription_created__both", 4),
        ("customer_subscription_created__plan_only", 4),
        ("customer_subscription_created__first", 4),
    ],
)
def test_a_subscription_has_the_right_values(ada, name, quantity):
    event = ada.event(name)
    assert receive_signed(ada.connection, event).state == "applied"
    found = Subscription.objects.get()
    (item,) = found.items.all()
    assert (found.currency, found.start_at is not None, item.quantity) == ("USD", True, quantity)
    assert (item.price.unit_amount, item.price.billing_period) == (Decimal("12.5"), "MONTHLY")
    seconds = [int(time.timestamp()) for time in (item.current_period_start, item.current_period_end)]
    assert seconds == [1793534400, 1796126400]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("payment_intent_succeeded__external", "card"),
        ("payment_intent_succeeded__charges", "klarna"),
        ("payment_intent_succeeded__both", "klarna"),
    ],
)
def test_a_payment_has_the_method_of_its_charge_or_the_only_one(ada, name, method):
    ada.arrives(name)
    payment = Payment.objects.get()
    assert (payment.amount, payment.method) == (Decimal("19.99"), method)


def test_which_of_two_methods_paid_is_not_guessed(ada):
    event = ada.event("payment_intent_succeeded__external")
    event["data"]["object"]["payment_method_types"] = ["card", "klarna"]
    assert receive_signed(ada.connection, event).state == "applied"
    assert Payment.objects.get().method == ""


@pytest.mark.parametrize(
    "name", ["credit_note_created__plain", "credit_note_created__old", "credit_note_created__both"]
)
def test_a_credit_note_has_the_right_values(world, name):
    world.link_invoice(name)
    world.arrives(name)
    world.invoice.refresh_from_db()
    note = CreditNote.objects.get()
    assert (note.before_payment, note.amount, world.invoice.credited) == (4, 4, 4)


def test_a_refund_of_2013_has_succeeded(ada):
    intent = ada.event("refund_created__first")["data"]["object"]["payment_intent"]
    event = ada.event("payment_intent_succeeded__external")
    event["data"]["object"] |= {"id": intent, "currency": "usd"}
    assert receive_signed(ada.connection, event).state == "applied"
    ada.arrives("refund_created__first")
    assert Refund.objects.get().status == "succeeded"


def test_a_dispute_of_2013_has_its_date_and_what_it_took(ada):
    ada.arrives("payment_intent_succeeded__won", "charge_dispute_funds_withdrawn__first")
    dispute = Dispute.objects.get()
    assert (dispute.amount, int(dispute.respond_by.timestamp())) == (Decimal("19.99"), 1794312000)
    assert Payment.objects.get().amount_disputed == Decimal("19.99")


@pytest.mark.parametrize(
    ("line", "total", "expected"),
    [
        (
            {
                "amount": 1200,
                "tax_amounts": [{"amount": 200, "inclusive": True}],
                "taxes": [{"amount": 200, "tax_behavior": "inclusive"}],
            },
            1200,
            ("1", "10", "10", "0", "2"),
        ),
        (
            {
                "amount": 1000,
                "tax_amounts": [{"amount": 200, "inclusive": False}],
                "taxes": [{"amount": 200, "tax_behavior": "exclusive"}],
            },
            1200,
            ("1", "10", "10", "0", "2"),
        ),
        (
            {"quantity": 2, "quantity_decimal": "2.5", "amount": 5000, "unit_amount": 2000},
            5000,
            ("2.5", "20", "50", "0", "0"),
        ),
        (
            {"quantity": 0, "quantity_decimal": "0.5", "amount": 1000, "unit_amount": 2000},
            1000,
            ("0.5", "20", "10", "0", "0"),
        ),
    ],
)
def test_a_line_alone_has_the_right_values(ada, line, total, expected):
    event = ada.event("invoice_paid__mixed", api_version="2024-10-28.acacia")
    amounts = dict.fromkeys(("total", "amount_due", "amount_paid"), total)
    event["data"]["object"] |= amounts | {"lines": {"data": [line], "has_more": False}}
    assert receive_signed(ada.connection, event).state == "applied"
    (found,) = Invoice.objects.get(is_external=True).lines.all()
    assert values(found, LINE) == decimals(expected)
