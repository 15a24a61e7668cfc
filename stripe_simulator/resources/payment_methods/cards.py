"""What a payment method shows of its card, and the error of a decline."""

import hashlib
from datetime import UTC, datetime
from typing import Any, NoReturn

from ...cards.card import MESSAGES, Card
from ...errors import CardError
from ...state.account import Account, Object

_LATEST_EXPIRY = 50


def details_of(card: Card, given: dict[str, Any]) -> Object:
    """Return the attribute of a payment method that is named like its type."""
    return bank_details(card) if card.kind == "us_bank_account" else card_details(card, given)


def bank_details(account: Card) -> Object:
    """Return the `us_bank_account` of a payment method."""
    return {
        "account_holder_type": "individual",
        "account_type": "checking",
        "bank_name": "STRIPE TEST BANK",
        "financial_connections_account": None,
        "fingerprint": hashlib.sha256(account.number.encode()).hexdigest()[:16],
        "last4": account.last4,
        "networks": {"preferred": "ach", "supported": ["ach"]},
        "routing_number": "110000000",
        "status_details": {},
    }


def check_expiry(account: Account, given: dict[str, Any]) -> None:
    """Refuse an invalid or past month and year, as Stripe does for cards."""
    month, year = given.get("exp_month"), full_year(given.get("exp_year"))
    if month is not None and not 1 <= month <= 12:
        raise CardError(
            "Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month"
        )
    today = datetime.fromtimestamp(account.now, UTC)
    if year is not None and not today.year <= year <= today.year + _LATEST_EXPIRY:
        raise CardError(
            "Your card's expiration year is invalid.", code="invalid_expiry_year", param="exp_year"
        )
    if year == today.year and month is not None and month < today.month:
        raise CardError(
            "Your card's expiration month is invalid.", code="invalid_expiry_month", param="exp_month"
        )


def full_year(year: int | None) -> int | None:
    """Return a year that may be given with two digits."""
    return year + 2000 if year is not None and year < 100 else year


def card_details(card: Card, given: dict[str, Any]) -> Object:
    """Return the `card` of a payment method."""
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": card.line1,
            "address_postal_code_check": card.postal_code,
            "cvc_check": card.cvc,
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": given.get("exp_month", 12),
        "exp_year": full_year(given.get("exp_year", 2034)),
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def decline(card: Card) -> Object:
    """Return the code, decline code and message of a decline."""
    reason = card.decline_code if card.decline_code in MESSAGES else card.code
    error: Object = {"code": card.code, "message": MESSAGES[reason or card.code]}
    if card.code == "card_declined":
        error["decline_code"] = card.decline_code
    return error


def refuse_decline(card: Card) -> NoReturn:
    """Raise the error of a decline that has no payment to be recorded on."""
    failure = decline(card)
    message = failure.pop("message")
    raise CardError(message, **failure)
