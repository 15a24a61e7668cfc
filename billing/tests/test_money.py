"""Money as the API writes it, in every currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import money

amounts = st.decimals(-(10**14), 10**14, places=3)


class TestEveryCurrency:
    @given(st.sampled_from(money.CURRENCIES), amounts)
    def test_reads_back_what_it_writes(self, currency: str, amount: Decimal) -> None:
        rounded = money.rounded(amount, currency)
        written = money.text(amount, currency)
        assert Decimal(written) == rounded == money.exact(rounded, currency)
        assert abs(rounded - amount) <= money.quantum(currency) / 2
        assert len(written.partition(".")[2]) == money.exponent(currency)

    @given(st.sampled_from(money.CURRENCIES), st.decimals(0, 10**11, places=12))
    def test_writes_unit_amounts_without_loss(self, currency: str, amount: Decimal) -> None:
        written = money.unit_text(amount, currency)
        assert Decimal(written) == amount
        assert len(written.partition(".")[2]) >= money.exponent(currency)


class TestAnAmount:
    @pytest.mark.parametrize(
        ("currency", "amount", "written"),
        [("USD", "1E+3", "1000.00"), ("JPY", "1200.000", "1200"), ("KWD", "0.5", "0.500")],
    )
    def test_is_written_in_full(self, currency: str, amount: str, written: str) -> None:
        assert money.text(Decimal(amount), currency) == written
        assert money.unit_text(Decimal(amount), currency) == written

    @pytest.mark.parametrize(
        ("currency", "amount", "said"),
        [
            ("USD", "1.005", "at most 2"),
            ("JPY", "0.5", "at most 0"),
            ("USD", "NaN", "not an amount"),
            ("USD", "-Infinity", "not an amount"),
            ("USD", "1e15", "too large"),
            ("USD", "1e999", "not an amount"),
            ("usd", "1", "not a currency"),
        ],
    )
    def test_that_cannot_be_is_refused(self, currency: str, amount: str, said: str) -> None:
        with pytest.raises(money.MoneyError, match=said):
            money.exact(Decimal(amount), currency)
