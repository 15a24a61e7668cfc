"""Stripe's total of an invoice is billing's total: in every currency, for any lines that billing accepts."""

import random
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing import money as billing_money
from billing.errors import Invalid
from billing.events import Kind
from billing.facts import InvoiceFacts, LineFacts
from billing.services.invoices.totals import priced, totals
from integrations.models import EntityMapping
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_money import AT_STRIPE, NOT_AT_STRIPE
from integrations.providers.stripe.translate import invoice_lines, money
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.testing import push

ODD = sorted((money.ZERO_DECIMAL | money.THREE_DECIMAL | money.WHOLE_AS_HUNDREDTHS) & set(AT_STRIPE))


def line(currency, quantity, unit, off, percentage):
    """A line as a caller sends it, with the amount that billing computes."""
    gross = billing_money.line_amount(quantity, unit, currency)
    discount = billing_money.share(max(gross, Decimal(0)), off, currency)
    return priced(LineFacts("x", quantity, unit, discount=discount, tax_percentage=percentage), currency)


@st.composite
def lines_in(draw, currency):
    """Lines with quantities down to a millionth, prices with 12 decimals, credits, discounts and taxes."""
    numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=1000, places=6)
    units = st.decimals(allow_nan=False, allow_infinity=False, min_value=-500, max_value=5000, places=12)
    percents = st.decimals(min_value=0, max_value=100, places=4)
    count = draw(st.integers(1, 8))
    return tuple(
        line(currency, draw(numbers), draw(units), draw(percents), draw(st.none() | percents))
        for _ in range(count)
    )


def stripes_total(params):
    """Page "The Invoice object": subtotal, tax and total are sums over the lines."""
    return sum(
        line["amount"] + sum(tax["amount"] for tax in line.get("tax_amounts", [])) for line in params["lines"]
    )


@pytest.mark.parametrize("currency", AT_STRIPE)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_stripes_sum_is_billings_or_nothing_is_sent(currency, data):
    lines = data.draw(lines_in(currency))
    facts = InvoiceFacts("cust_1", currency, lines)
    try:
        params = invoice_lines.add_lines_params(facts)
    except Untranslatable:
        # Only where Stripe's smallest step is larger than the currency's own.
        assert money._step(currency) > money.to_minor(Decimal(1), currency) * billing_money.quantum(
            currency
        ) or (currency == "MGA")
        return
    try:
        owed = totals(lines).total
    except Invalid:
        owed = sum((row.amount - row.discount + row.tax for row in lines), Decimal(0))
    assert stripes_total(params) == money.to_minor(owed, currency) == invoice_lines.total(facts)


@pytest.mark.parametrize("currency", sorted(NOT_AT_STRIPE))
def test_a_currency_that_stripe_does_not_know_is_refused(currency):
    facts = InvoiceFacts("cust_1", currency, (priced(LineFacts("x", unit_amount=Decimal(10)), currency),))
    with pytest.raises(Untranslatable, match=f"does not support amounts in {currency}"):
        invoice_lines.add_lines_params(facts)


def random_lines(currency, seed):
    """Lines in whole steps of Stripe's amounts, so that nothing is refused."""
    chance = random.Random(f"{seed} {currency}")
    step = Decimal(money._step(currency)).scaleb(-money._places(currency))
    step = max(step, billing_money.quantum(currency))
    return tuple(
        LineFacts(
            f"Line {number}",
            quantity=Decimal(chance.randint(1, 9)),
            unit_amount=chance.randint(50, 9_000) * step,
            discount=chance.randint(0, 40) * step,
            tax=chance.randint(0, 300) * step,
            tax_name="VAT",
            tax_percentage=Decimal(chance.randint(0, 2500)).scaleb(-2),
        )
        for number in range(1, 6)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("currency", [*ODD, "EUR", "HUF", "USD"])
def test_over_http_too(simulator, stripe_api, connection, customer, currency):
    invoice = builders.invoice(customer, random_lines(currency, seed=7), currency=currency)
    sync = push(connection, Kind.INVOICE, invoice.id)
    assert (sync.state, sync.last_error) == ("done", "")
    found = stripe_api.v1.invoices.retrieve(
        EntityMapping.objects.get(entity_id=invoice.id).provider_entity_id
    )
    assert found.total == money.to_minor(invoice.total, currency)
    assert found.amount_due == money.to_minor(invoice.amount_due, currency)
