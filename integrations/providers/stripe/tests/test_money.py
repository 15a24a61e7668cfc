"""Amounts are translated to Stripe's and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing import money as billing_money
from integrations.providers.stripe.translate import money
from integrations.providers.stripe.translate.errors import Untranslatable

NOT_AT_STRIPE = {"IQD", "LYD", "UYI"}
AT_STRIPE = sorted(set(billing_money.CURRENCIES) - NOT_AT_STRIPE)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.50", "USD", 1250),
        ("1250", "JPY", 1250),
        ("5", "UGX", 500),
        ("5", "ISK", 500),
        ("1250", "MGA", 1250),
        ("5.120", "KWD", 5120),
        ("-3.10", "EUR", -310),
        ("0", "HUF", 0),
    ],
)
def test_amounts_are_stripes(amount, currency, minor):
    assert money.to_minor(Decimal(amount), currency) == minor
    assert money.from_minor(minor, currency.lower()) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency", "step"),
    [("0.005", "USD", "0.01"), ("1.5", "JPY", "1"), ("5.124", "KWD", "0.010"), ("12.50", "MGA", "1")],
)
def test_a_lost_digit_is_refused(amount, currency, step):
    with pytest.raises(
        Untranslatable, match=f"{amount} {currency} .* smallest step in {currency} is {step}\\."
    ):
        money.to_minor(Decimal(amount), currency)


@pytest.mark.parametrize("currency", sorted(NOT_AT_STRIPE) + ["XXX"])
def test_a_currency_that_stripe_lacks_is_refused(currency):
    with pytest.raises(Untranslatable, match=currency):
        money.to_minor(Decimal(1), currency)


def test_a_fraction_of_a_whole_currency_is_refused_on_the_way_in():
    with pytest.raises(Untranslatable, match="550 isk .minor units. cannot be stored"):
        money.from_minor(550, "isk")


@given(st.sampled_from(AT_STRIPE), st.integers(-(10**12), 10**12))
def test_any_amount_that_stripe_takes_comes_back(currency, units):
    amount = Decimal(units) * billing_money.quantum(currency)
    try:
        minor = money.to_minor(amount, currency)
    except Untranslatable:
        return
    assert money.from_minor(minor, currency.lower()) == amount


def test_a_price_may_be_a_fraction_of_a_cent():
    assert money.unit_from_minor("0.05", "usd") == Decimal("0.0005")
    assert money.unit_from_minor("0.05", "jpy") == Decimal("0.05")
