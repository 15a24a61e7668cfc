"""Arithmetic of amounts in minor units."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def rounded(amount: Decimal) -> int:
    """Round to the nearest minor unit, halves away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def percent_of(amount: int, percentage: float) -> int:
    """Return a percentage of an amount. The percentage is taken as written (8.875, not its nearest float)."""
    return rounded(amount * Decimal(str(percentage)) / 100)


def shared_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share a total in proportion to weights.

    The parts add up: the largest remainders get the odd units.
    """
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % whole))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


# Source: Stripe docs, "Supported currencies": zero-decimal and three-decimal currencies. ISK and UGX are sent
# with two decimals for backward compatibility.
_ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"]
)
_THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def step(currency: str) -> int:
    """Return the number that amounts in this currency must be divisible by.

    Some currencies require a last digit, or two, of 0 (same page).
    """
    if currency in _THREE_DECIMAL:
        return 10
    return 100 if currency in ("isk", "ugx") else 1


def shown(amount: int, currency: str) -> str:
    """Return an amount for display, such as `12.50 USD`."""
    exponent = 0 if currency in _ZERO_DECIMAL else 3 if currency in _THREE_DECIMAL else 2
    return f"{Decimal(amount).scaleb(-exponent):,.{exponent}f} {currency.upper()}"


_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def written(amount: int, currency: str) -> str:
    """Return an amount as Stripe's messages write it, such as `$12.50`.

    It has the currency's code instead where the sign is not known here.
    """
    number, _, code = shown(amount, currency).partition(" ")
    return f"{_SIGNS[currency]}{number}" if currency in _SIGNS else f"{number} {code}"
