"""The price per unit of a line: what times the quantity is the line's amount, once that is rounded."""

from collections.abc import Iterator
from decimal import Decimal

from billing import money
from billing.facts import ZERO

_TOO_LARGE = Decimal(10) ** (money.UNIT_DIGITS - money.UNIT_PLACES)


def agreeing(at_stripe: Decimal | None, quantity: Decimal, amount: Decimal, currency: str) -> Decimal:
    """Stripe's price where it agrees with ``amount``, else the shortest that does; 0 where there is none.

    It does not agree for a proration, whose price is the whole period's, and for a line whose price includes
    a tax, which is not part of the amount here (pages "Prorations" and "The Invoice Line Item object").
    """
    candidates = _candidates(at_stripe, quantity, amount, money.exponent(currency))
    return next((unit for unit in candidates if _agrees(unit, quantity, amount, currency)), ZERO)


def _candidates(
    at_stripe: Decimal | None, quantity: Decimal, amount: Decimal, fewest: int
) -> Iterator[Decimal]:
    if at_stripe is not None:
        yield at_stripe
    if quantity and abs(exact := amount / quantity) < _TOO_LARGE:
        yield from (round(exact, places) for places in range(fewest, money.UNIT_PLACES + 1))


def _agrees(unit: Decimal, quantity: Decimal, amount: Decimal, currency: str) -> bool:
    try:
        return abs(unit) < _TOO_LARGE and money.line_amount(quantity, unit, currency) == amount
    except money.MoneyError:
        return False
