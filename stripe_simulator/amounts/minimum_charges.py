"""The minimum and maximum amounts of a charge.

Source: Stripe docs, "Supported currencies", minimum and maximum amounts.
"""

from decimal import Decimal

from ..errors import InvalidRequest
from .currencies import checked_currency
from .money import step, written

# In minor units, and as Stripe's message writes it. Stripe compares in the account's settlement currency; the
# simulator has no exchange rates and compares in the charge's currency. Other currencies have no minimum.
_LEAST = {
    "usd": (50, "$0.50"), "aed": (200, "2.00 د.إ"), "aud": (50, "$0.50"), "bgn": (100, "лв1.00"), "brl": (50, "R$0.50"),
    "cad": (50, "$0.50"), "chf": (50, "0.50 Fr"), "czk": (1500, "15.00Kč"), "dkk": (250, "2.50 kr."), "eur": (50, "€0.50"),
    "gbp": (30, "£0.30"), "hkd": (400, "$4.00"), "huf": (17500, "175.00 Ft"), "inr": (50, "₹0.50"), "jpy": (50, "¥50"),
    "mxn": (1000, "$10.00"), "myr": (200, "RM2.00"), "nok": (300, "3.00 kr."), "nzd": (50, "$0.50"), "pln": (200, "2.00 zł"),
    "ron": (200, "lei2.00"), "sek": (300, "3.00 kr."), "sgd": (50, "$0.50"), "thb": (1000, "฿10.00"),
}  # fmt: skip
_MOST_DIGITS = 8
_MOST_DIGITS_IN = {"idr": 12}


def check_charge(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse an amount that is too small or too large to charge, in minor units."""
    if amount < 1:
        raise InvalidRequest(
            "This value must be greater than or equal to 1.", code="parameter_invalid_integer", param=param
        )
    refuse_too_large(amount, currency, param)
    least = least_charge(currency)
    if amount % step(currency.lower()):
        raise InvalidRequest(
            f"Invalid integer: {amount}. Amounts in {currency.lower()} must be divisible by {step(currency.lower())}.",
            code="parameter_invalid_integer",
            param=param,
        )
    if least is not None and amount < least[0]:
        raise InvalidRequest(
            f"Amount must be at least {least[1]} {currency.lower()}", code="amount_too_small", param=param
        )


def check_checkout_total(amount: int, currency: str) -> None:
    """Refuse a Checkout Session whose total is too small; a total of zero is allowed ("no-cost orders")."""
    least = least_charge(currency)
    if least is not None and 0 < amount < least[0]:
        raise InvalidRequest(
            f"The Checkout Session's total amount due must add up to at least {least[1]} {currency}",
            code="amount_too_small",
        )


def refuse_too_large(amount: Decimal | int, currency: str, param: str | None) -> None:
    """Refuse an amount in minor units that has too many digits before its point."""
    most = most_charge(currency)
    if not -most - 1 < amount < most + 1:
        raise InvalidRequest(
            f"Amount must be no more than {written(most, currency.lower())}",
            code="amount_too_large",
            param=param,
        )


def most_charge(currency: str) -> int:
    """Return the maximum in minor units: "up to twelve digits for IDR", eight for all others (same page)."""
    digits: int = 10 ** _MOST_DIGITS_IN.get(currency.lower(), _MOST_DIGITS)
    return digits - 1


def least_charge(currency: str) -> tuple[int, str] | None:
    """Return the minimum in minor units and as text; None if Stripe documents no minimum."""
    return _LEAST.get(checked_currency(currency))
