"""Arithmetic of amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_simulator.amounts.money import percent_of, rounded, shared_out, shown


class TestSharing:
    @given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
    def test_gives_everything_out_in_proportion(self, total, weights):
        parts = shared_out(total, weights)
        whole = sum(weights)
        assert sum(parts) == (total if whole else 0)
        for part, weight in zip(parts, weights, strict=True):
            assert not whole or abs(part - Decimal(total) * weight / whole) < 1


class TestRounding:
    @pytest.mark.parametrize(("amount", "whole"), [("0.5", 1), ("-0.5", -1), ("2.4999", 2), ("1.5", 2)])
    def test_takes_halves_away_from_zero(self, amount, whole):
        assert rounded(Decimal(amount)) == whole

    def test_of_a_percentage_takes_it_as_written(self):
        assert percent_of(1000, 1.15) == 12
        assert percent_of(200, 8.875) == 18


class TestShowing:
    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [
            (123456, "usd", "1,234.56 USD"),
            (500, "jpy", "500 JPY"),
            (1234, "kwd", "1.234 KWD"),
            (-5, "eur", "-0.05 EUR"),
        ],
    )
    def test_knows_the_currencys_decimals(self, amount, currency, text):
        assert shown(amount, currency) == text
