"""An invoice in Stripe's words: for every currency, what is pushed adds up to what is owed."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import money
from billing.facts import InvoiceFacts, LineFacts
from integrations.providers.stripe.tests.test_money import AT_STRIPE
from integrations.providers.stripe.translate import invoice_lines, invoices
from integrations.providers.stripe.translate import money as stripe_money
from integrations.providers.stripe.translate.errors import Untranslatable

APRIL, MAY = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)


def steps(currency):
    """The smallest amount that both sides can say."""
    return max(money.quantum(currency), Decimal(1) if currency == "MGA" else Decimal(0)) * (
        10 if currency in stripe_money.THREE_DECIMAL else 1
    )


@st.composite
def invoice_facts(draw):
    currency = draw(st.sampled_from(AT_STRIPE))
    step = steps(currency)
    lines = []
    for _ in range(draw(st.integers(1, 12))):
        amount = draw(st.integers(-(10**6), 10**7)) * step
        discount = draw(st.integers(0, max(0, int(amount / step)))) * step
        tax = draw(st.integers(0, 10**6)) * step
        percentage = draw(st.none() | st.decimals(0, 100, places=4))
        quantity = draw(st.decimals(0, 1000, places=6))
        lines.append(
            LineFacts(
                "x",
                quantity,
                Decimal("1.5"),
                amount,
                discount,
                tax,
                "VAT",
                percentage,
                MAY,
                MAY,
                id="inv_line_1",
            )
        )
    return InvoiceFacts("cust_1", currency, tuple(lines))


@given(invoice_facts())
def test_what_is_pushed_adds_up_to_what_is_owed(facts):
    sent = invoice_lines.add_lines_params(facts)["lines"]
    pushed = sum(line["amount"] for line in sent)
    pushed += sum(tax["amount"] for line in sent for tax in line.get("tax_amounts", []))
    owed = sum(line.amount - line.discount + line.tax for line in facts.lines)
    assert pushed == invoice_lines.total(facts) == stripe_money.to_minor(owed, facts.currency)
    assert all(isinstance(line["amount"], int) for line in sent)


def test_all_discounts_are_one_line():
    lines = tuple(
        LineFacts("x", amount=Decimal(10), discount=Decimal(d), id=f"inv_line_{d}") for d in (1, 2, 0)
    )
    sent = invoice_lines.add_lines_params(InvoiceFacts("cust_1", "EUR", lines))["lines"]
    assert [line["amount"] for line in sent] == [1000, 1000, 1000, -300]
    assert sent[3] == {"amount": -300, "description": "Discount", "metadata": {"sync_source": "flexprice"}}


def test_tax_is_said_as_calculated_here():
    line = LineFacts(
        "x", amount=Decimal(10), discount=Decimal(2), tax=Decimal("1.60"), tax_percentage=Decimal(20)
    )
    (sent, _) = invoice_lines.add_lines_params(InvoiceFacts("cust_1", "USD", (line,)))["lines"]
    assert sent["tax_amounts"] == [
        {
            "amount": 160,
            "taxable_amount": 800,
            "tax_rate_data": {"display_name": "Tax", "inclusive": False, "percentage": 20.0},
        }
    ]


def test_a_long_description_leaves_room_for_its_quantity():
    line = LineFacts("x" * 4983, quantity=Decimal("2.5"), unit_amount=Decimal("0.04"), amount=Decimal("0.10"))
    (sent,) = invoice_lines.add_lines_params(InvoiceFacts("cust_1", "USD", (line,)))["lines"]
    assert len(sent["description"]) == 5000 and sent["description"].endswith("x (2.5 x 0.04 USD)")
    assert sent["metadata"]["quantity"] == "2.5"
    with pytest.raises(Untranslatable, match="at most 4983 characters"):
        invoice_lines.add_lines_params(
            InvoiceFacts("cust_1", "USD", (replace(line, description="x" * 4984),))
        )


def test_metadata_over_stripes_limits_is_refused_not_cut():
    for metadata, message in (
        ({"a[b]": "1"}, "brackets"),
        ({"k" * 41: "1"}, "40 characters"),
        ({"k": "v" * 501}, "500"),
    ):
        with pytest.raises(Untranslatable, match=message):
            invoices.create_params(
                InvoiceFacts("cust_1", "USD", (), metadata=metadata), "inv_1", "cus_1", MAY
            )
    many = {f"key{n}": "v" for n in range(48)}
    with pytest.raises(Untranslatable, match="has 52"):
        invoices.create_params(
            InvoiceFacts("cust_1", "USD", (), number="I-1", metadata=many), "inv_1", "cus_1", MAY
        )


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({}, {}),
        ({"due_date": MAY}, {}),
        ({"collection_method": "send_invoice"}, {"days_until_due": 0}),
        ({"collection_method": "send_invoice", "due_date": APRIL}, {"days_until_due": 0}),
        ({"collection_method": "send_invoice", "due_date": MAY}, {"due_date": int(MAY.timestamp())}),
    ],
)
def test_only_sent_invoices_have_a_due_date(facts, due):
    params = invoices.create_params(InvoiceFacts("cust_1", "USD", (), **facts), "inv_1", "cus_1", APRIL)
    assert {name: params[name] for name in params if "due" in name} == due
    assert params["auto_advance"] is False and params["pending_invoice_items_behavior"] == "exclude"
