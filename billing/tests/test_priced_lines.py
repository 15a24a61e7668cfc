"""Lines are priced exactly, and rounded once."""

from decimal import Decimal

import pytest

from billing.errors import Invalid
from billing.facts import LineFacts
from billing.services.invoices.totals import priced


class TestALine:
    @pytest.mark.parametrize(
        ("quantity", "unit_amount", "amount"),
        [
            ("3", "0.005", "0.02"),
            ("1", "0.005", "0.01"),
            ("120000", "0.0005", "60.00"),
            ("1", "-0.005", "-0.01"),
        ],
    )
    def test_rounds_half_up_and_once(self, quantity: str, unit_amount: str, amount: str) -> None:
        line = priced(LineFacts("x", Decimal(quantity), Decimal(unit_amount)), "USD")
        assert line.amount == Decimal(amount)

    def test_may_be_a_credit_with_its_tax(self) -> None:
        line = priced(LineFacts("x", unit_amount=Decimal(-50), tax_percentage=Decimal(20)), "USD")
        assert (line.amount, line.tax) == (-50, -10)

    def test_keeps_an_asserted_tax(self) -> None:
        line = priced(
            LineFacts("x", unit_amount=Decimal(50), tax=Decimal("9.99"), tax_percentage=Decimal(20)), "USD"
        )
        assert line.tax == Decimal("9.99")

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400"])
    def test_is_refused_when_it_is_no_number(self, number: str) -> None:
        for line in (
            LineFacts("x", Decimal(number), Decimal(1)),
            LineFacts("x", unit_amount=Decimal(number)),
        ):
            with pytest.raises(Invalid):
                priced(line, "USD")
