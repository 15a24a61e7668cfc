"""Any invoice that Stripe can make is here to the unit, in the old spelling, the new one, and both.

Stripe's arithmetic is done again here, in its minor units (pages "Tax rounding", "Prorations", "Tax rates").
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import Invoice, Payment
from billing.services.invoices.totals import priced, totals
from integrations.providers.stripe.testing import golden, receive_signed
from integrations.providers.stripe.tests.golden_spellings import ACACIA, both_invoice, old_invoice
from integrations.providers.stripe.translate import external_invoices, spellings

pytestmark = pytest.mark.django_db
# Of each currency: what one minor unit is (major units), and what Stripe's amounts are divisible by.
CURRENCIES = {"usd": ("0.01", 1), "jpy": ("1", 1), "kwd": ("0.001", 10), "isk": ("0.01", 100)}
RATES = [Fraction(text) for text in ("0.2", "0.19", "0.077", "0.05", "0.0825", "0.000123")]


@dataclass(frozen=True)
class Line:
    """In minor units, as Stripe has it."""

    quantity: Decimal
    unit: Decimal
    amount: int
    discounts: list[int]
    credit: int
    inclusive: list[int]
    exclusive: list[int]
    is_proration: bool

    @property
    def off(self) -> int:
        return sum(self.discounts) + self.credit

    @property
    def tax(self) -> int:
        return sum(self.inclusive) + sum(self.exclusive)

    @property
    def owed(self) -> int:
        return self.amount - self.off + sum(self.exclusive)


def rounded(amount: Fraction, step: int) -> int:
    """Half up, away from zero, to a multiple of ``step``."""
    steps = Decimal(amount.numerator) / Decimal(amount.denominator) / step
    return int(steps.quantize(Decimal(1), ROUND_HALF_UP)) * step


@st.composite
def stripes_lines(draw, step):
    places = draw(st.sampled_from([0, 0, 1, 3, 12]))
    quantity = draw(st.decimals(0, 40, places=places))
    unit = draw(st.decimals(0, 9000, places=draw(st.sampled_from([0, 0, 2, 12]))))
    is_proration = draw(st.booleans())
    if is_proration:
        amount = draw(st.integers(-9000, 9000)) * step
    else:
        amount = rounded(Fraction(quantity) * Fraction(unit), step)
    left, off = amount, []
    for _ in range(draw(st.integers(0, 3)) if amount > 0 else 0):
        off.append(draw(st.integers(0, left // step)) * step)
        left -= off[-1]
    credit = off.pop() if len(off) == 3 else 0
    rates = draw(st.lists(st.tuples(st.sampled_from(RATES), st.booleans()), max_size=3))
    inside = sum((rate for rate, is_inside in rates if is_inside), Fraction(0))
    inclusive = [rounded(left * rate / (1 + inside), step) for rate, is_inside in rates if is_inside]
    base = left - sum(inclusive)
    exclusive = [rounded(base * rate, step) for rate, is_inside in rates if not is_inside]
    return Line(quantity, unit, amount, off, credit, inclusive, exclusive, is_proration)


@st.composite
def stripes_invoices(draw):
    """A currency, its lines, and by how much the total differs from them as taxes are rounded once."""
    currency = draw(st.sampled_from(sorted(CURRENCIES)))
    step = CURRENCIES[currency][1]
    lines = draw(st.lists(stripes_lines(step), min_size=1, max_size=6))
    taxed = sum(1 for line in lines if line.tax)
    rounding = draw(st.sampled_from([0, 0, 1, -1, taxed, -taxed])) if taxed else 0
    owed = sum(line.owed for line in lines)
    if owed < taxed * step:
        rest = (taxed * step - owed) * 2
        lines.append(Line(Decimal(1), Decimal(rest), rest, [], 0, [], [], False))
    return currency, lines, rounding * step


def as_json(golden, currency, lines, rounding):
    """The invoice in the pinned version's spelling."""
    total = sum(line.owed for line in lines) + rounding
    tax = sum(line.tax for line in lines) + rounding
    amounts = dict.fromkeys(("total", "amount_due", "amount_paid"), total)
    return {
        **golden,
        **amounts,
        "currency": currency,
        "lines": {"object": "list", "data": [shown(line, currency) for line in lines], "has_more": False},
        "subtotal": sum(line.amount for line in lines),
        "total_taxes": [tax_of(tax, "exclusive")] if tax else [],
    }


def shown(line, currency):
    details = {"subscription": "sub_1", "subscription_item": "si_1", "proration": line.is_proration}
    credit = {"type": "credit_balance_transaction", "amount": line.credit}
    return {
        "id": "il_1",
        "object": "line_item",
        "amount": line.amount,
        "currency": currency,
        "description": "Line",
        "discount_amounts": [{"amount": amount, "discount": "di_1"} for amount in line.discounts],
        "metadata": {},
        "parent": {"invoice_item_details": None, "subscription_item_details": details},
        "period": {"start": 1793534400, "end": 1796126400},
        "pretax_credit_amounts": [credit] if line.credit else [],
        "pricing": {
            "price_details": {"price": "price_1", "product": "prod_1"},
            "unit_amount_decimal": f"{line.unit:f}",
        },
        "quantity": int(line.quantity),
        "quantity_decimal": f"{line.quantity:f}",
        "taxes": [
            *(tax_of(tax, "inclusive") for tax in line.inclusive),
            *(tax_of(tax, "exclusive") for tax in line.exclusive),
        ],
    }


def tax_of(amount, behavior):
    details = {"tax_rate_details": {"tax_rate": "txr_1"}, "taxability_reason": None, "taxable_amount": None}
    return {"amount": amount, "tax_behavior": behavior, **details}


def as_new(_invoice, _intent):
    """Nothing to change."""


@pytest.fixture
def ada(world):
    world.arrives("customer_created__flexsync_id")
    return world


SPELLINGS = pytest.mark.parametrize(
    ("spell", "version"), [(as_new, None), (old_invoice, ACACIA), (both_invoice, ACACIA)]
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=stripes_invoices())
@SPELLINGS
def test_an_invoice_is_read_as_stripe_says_to_the_unit(spell, version, made):
    currency, lines, rounding = made
    stripe_object = as_json(golden("invoice_paid__mixed")["data"]["object"], currency, lines, rounding)
    spell(stripe_object, "pi_1")
    facts = external_invoices.facts_of(spellings.current(stripe_object), "cust_1", None, {})
    found = [priced(line, facts.currency) for line in facts.lines]
    compare(totals(found), found, currency, lines, rounding)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=stripes_invoices())
@SPELLINGS
def test_an_invoice_is_here_as_stripe_says_to_the_unit(ada, spell, version, made):
    currency, lines, rounding = made
    event = ada.event("invoice_paid__mixed")
    stripe_object = as_json(event["data"]["object"], currency, lines, rounding)
    spell(stripe_object, "pi_1")
    event["data"]["object"] = stripe_object
    event["api_version"] = version or event["api_version"]
    with transaction.atomic():
        row = receive_signed(ada.connection, event)
        assert row.state == "applied", row.reason
        invoice = Invoice.objects.get(is_external=True)
        compare(invoice, list(invoice.lines.all()), currency, lines, rounding)
        paid = sum(payment.amount for payment in Payment.objects.all())
        assert invoice.amount_due == paid == invoice.total
        transaction.set_rollback(True)


def compare(whole, found, currency, lines, rounding):
    """``whole`` with ``found``, its lines, is what Stripe has."""
    minor, step = Decimal(CURRENCIES[currency][0]), CURRENCIES[currency][1]
    assert whole.total == (sum(line.owed for line in lines) + rounding) * minor
    assert whole.tax == (sum(line.tax for line in lines) + rounding) * minor
    assert whole.discounts == sum(line.off for line in lines) * minor
    assert len(found) == len(lines)
    for here, line in zip(found, lines, strict=True):
        net = line.amount - sum(line.inclusive)
        assert (here.amount, here.discount) == (net * minor, line.off * minor)
        assert here.quantity == line.quantity
        assert abs(here.tax - line.tax * minor) <= (step * minor if rounding else 0)
        compare_unit(here, net * minor, line, currency)


def compare_unit(here, net, line, currency):
    """What times the quantity is the amount; Stripe's own, but for prorations and prices with tax inside.

    Stripe rounds dinars to ten fils, and prices here to one: there its own price may not agree.
    """
    if here.unit_amount or not net:
        product = Fraction(here.quantity) * Fraction(here.unit_amount)
        exponent = {"usd": "0.01", "jpy": "1", "kwd": "0.001", "isk": "1"}[currency]
        assert abs(product - Fraction(net)) <= Fraction(exponent) / 2
    else:
        assert here.quantity < Decimal("0.001"), "no price has so many digits"
    if not line.is_proration and not line.inclusive and currency != "kwd":
        assert here.unit_amount == line.unit * Decimal(CURRENCIES[currency][0])
