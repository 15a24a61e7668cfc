"""Stripe's fees. Assumed: what a new account in the US pays, in the currency of the payment, not converted.

Sources: stripe.com/pricing; Stripe support, "Rounding rules for Stripe fees".
"""

from decimal import Decimal

from ...amounts.money import rounded
from ...state.account import Object

_PERCENT = Decimal("2.9")
_FIXED = 30
DISPUTE_FEE = 1500


def charge_fee(amount: int) -> int:
    """Return the fee of a charge, in minor units: 2.9 percent and 30."""
    return rounded(amount * _PERCENT / 100) + _FIXED


def fee_details(amount: int, currency: str, description: str) -> list[Object]:
    """Return the breakdown of a fee; nothing if there is none."""
    detail = {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": description,
        "type": "stripe_fee",
    }
    return [detail] if amount else []
