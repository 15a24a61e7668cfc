"""Amounts in minor units, as Stripe counts them: all trials are in dollars."""

from decimal import Decimal


def units(amount: Decimal) -> int:
    """Cents."""
    return int(amount * 100)
