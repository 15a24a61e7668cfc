"""Totals add up in every currency, whatever the lines are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import money
from billing.errors import Invalid
from billing.facts import LineFacts
from billing.services.invoices.totals import priced, totals

currencies = st.sampled_from(money.CURRENCIES)
quantities = st.decimals(0, 10**6, places=6)
unit_amounts = st.decimals(0, 10**6, places=12)
percentages = st.none() | st.decimals(0, 100, places=4)
fractions = st.decimals(0, 1, places=3)


@st.composite
def invoices(draw: st.DrawFn) -> tuple[str, list[LineFacts]]:
    """A currency, and lines of it with discounts that fit."""
    currency = draw(currencies)
    lines = []
    for _ in range(draw(st.integers(1, 5))):
        line = LineFacts("x", draw(quantities), draw(unit_amounts), tax_percentage=draw(percentages))
        amount = money.line_amount(line.quantity, line.unit_amount, currency)
        discount = min(money.rounded(amount * draw(fractions), currency), amount)
        lines.append(LineFacts(**vars(line) | {"discount": discount}))
    return currency, lines


class TestTotals:
    @given(invoices())
    def test_add_up_and_are_exact_in_the_currency(self, made: tuple[str, list[LineFacts]]) -> None:
        currency, lines = made
        done = [priced(line, currency) for line in lines]
        sums = totals(done)
        assert sums.total == sums.subtotal - sums.discounts + sums.tax
        assert sums.total == sum((line.amount - line.discount + line.tax for line in done), Decimal(0))
        for amount in vars(sums).values():
            assert money.exact(amount, currency) == amount
        for line in done:
            off = abs(line.amount - line.quantity * line.unit_amount)
            assert off <= money.quantum(currency) / 2
            assert 0 <= line.tax <= line.amount

    @given(invoices())
    def test_do_not_change_when_worked_out_again(self, made: tuple[str, list[LineFacts]]) -> None:
        currency, lines = made
        once = [priced(line, currency) for line in lines]
        assert [priced(line, currency) for line in once] == once

    @given(currencies, st.decimals(Decimal("0.0001"), 10**9, places=4))
    def test_refuse_digits_that_the_currency_does_not_have(self, currency: str, amount: Decimal) -> None:
        fits = amount == money.rounded(amount, currency)
        line = LineFacts("x", amount=amount)
        if fits:
            assert priced(line, currency).amount == amount
        else:
            with pytest.raises(Invalid):
                priced(line, currency)
