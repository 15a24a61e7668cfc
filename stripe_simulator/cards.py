"""Stripe's test cards, and what happens to them. Source: Stripe docs, "Test card numbers"."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["pays", "declines", "challenges", "settles", "bounces"]


@dataclass(frozen=True)
class Card:
    """A card number and the outcome of a charge; a decline has a code, and mostly a decline code."""

    number: str
    brand: str = "visa"
    outcome: Outcome = "pays"
    code: str = "card_declined"
    decline_code: str | None = "generic_decline"
    funding: str = "credit"
    attaches: bool = True
    kind: Literal["card", "us_bank_account"] = "card"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


MESSAGES = {
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "card_declined": "Your card was declined.",
}

_CARDS = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", "mastercard"),
    "amex": Card("378282246310005", "amex"),
    "discover": Card("6011111111111117", "discover"),
    "chargeDeclined": Card("4000000000000002", outcome="declines", attaches=False),
    "visa_chargeDeclined": Card("4000000000000002", outcome="declines", attaches=False),
    "chargeDeclinedInsufficientFunds": Card(
        "4000000000009995", outcome="declines", decline_code="insufficient_funds", attaches=False
    ),
    "visa_chargeDeclinedInsufficientFunds": Card(
        "4000000000009995", outcome="declines", decline_code="insufficient_funds", attaches=False
    ),
    "chargeDeclinedExpiredCard": Card(
        "4000000000000069",
        outcome="declines",
        code="expired_card",
        decline_code="expired_card",
        attaches=False,
    ),
    "chargeDeclinedIncorrectCvc": Card(
        "4000000000000127",
        outcome="declines",
        code="incorrect_cvc",
        decline_code="incorrect_cvc",
        attaches=False,
    ),
    "chargeDeclinedProcessingError": Card(
        "4000000000000119",
        outcome="declines",
        code="processing_error",
        decline_code="processing_error",
        attaches=False,
    ),
    "createDispute": Card("4000000000000259"),
    "createDisputeProductNotReceived": Card("4000000000002685"),
    "createDisputeInquiry": Card("4000000000001976"),
    "pendingRefund": Card("4000000000007726"),
    "refundFail": Card("4000000000005126"),
    "chargeCustomerFail": Card("4000000000000341", outcome="declines"),
    "authenticationRequired": Card("4000002500003155", outcome="challenges"),
    "authenticationRequiredOnSetup": Card("4000002500003155", outcome="challenges"),
    "threeDSecure2Required": Card("4000000000003220", outcome="challenges"),
    "threeDSecureRequired": Card("4000000000003220", outcome="challenges"),
}
# Source: Stripe docs, "ACH Direct Debit: test your integration". A debit is processing for some days.
_BANK_ACCOUNTS = {
    "success": Card("000123456789", "bank", "settles", kind="us_bank_account"),
    "insufficientFunds": Card("000222222227", "bank", "bounces", kind="us_bank_account"),
}
_BY_NUMBER = {card.number: card for card in (*_CARDS.values(), *_BANK_ACCOUNTS.values())}


def card_with_number(number: str) -> Card | None:
    """Return the test card with this number; None for any other number."""
    return _BY_NUMBER.get(number.replace(" ", "").replace("-", ""))


def card_of_token(id: str) -> Card | None:
    """Return the test card behind an id such as `pm_card_visa` or `tok_visa`."""
    if id.startswith("pm_usBankAccount_"):
        return _BANK_ACCOUNTS.get(id.removeprefix("pm_usBankAccount_"))
    for prefix in ("pm_card_", "tok_"):
        if id.startswith(prefix):
            return _CARDS.get(id.removeprefix(prefix))
    return None
