"""Refuses unknown currencies, and amounts with too many decimals, naming the field."""

from decimal import Decimal

from billing import money
from billing.errors import Invalid


def check_currency(currency: str, field: str = "currency") -> None:
    """Raises Invalid for a code that is not an ISO 4217 currency."""
    try:
        money.exponent(currency)
    except money.MoneyError as error:
        raise Invalid.of({field: str(error)}) from None


def exact(amount: Decimal, currency: str, field: str) -> Decimal:
    """``amount`` (major units) with the currency's decimals; raises Invalid where digits would be lost."""
    try:
        return money.exact(amount, currency)
    except money.MoneyError as error:
        raise Invalid.of({field: str(error)}) from None


def check_unit_amount(amount: Decimal, field: str) -> None:
    """Raises Invalid for a price per unit (major units) that is negative or has more digits than a price
    holds.
    """
    if not amount.is_finite() or amount < 0:
        raise Invalid.of({field: "Send an amount of 0 or more."})
    _, digits, places = amount.normalize().as_tuple()
    if isinstance(places, int) and (
        -places > money.UNIT_PLACES or len(digits) + max(places, 0) > money.UNIT_DIGITS
    ):
        message = f"Send at most {money.UNIT_DIGITS} digits, {money.UNIT_PLACES} of them decimals."
        raise Invalid.of({field: message})
