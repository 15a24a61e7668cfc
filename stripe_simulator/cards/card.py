"""What is known of a test card. Source: Stripe docs, "Test card numbers"."""

from dataclasses import dataclass
from typing import Literal

# A bank account "settles" or "bounces" after days, or is "pending" for good.
Outcome = Literal["pays", "declines", "settles", "bounces", "pending"]
# When 3-D Secure is needed: not at all; at each payment; until the card is set up for off-session payments,
# and whenever the customer is there; only when the customer is there; only if `request_three_d_secure` asks.
Authentication = Literal["never", "always", "until_set_up", "on_session", "on_request"]
Check = Literal["pass", "fail", "unavailable"]


@dataclass(frozen=True)
class Card:
    """A number and the outcome of a charge; a decline has a code, and mostly a decline code."""

    number: str
    brand: str = "visa"
    outcome: Outcome = "pays"
    code: str = "card_declined"
    decline_code: str | None = "generic_decline"
    funding: str = "credit"
    country: str = "US"
    attaches: bool = True
    authentication: Authentication = "never"
    cvc: Check = "pass"
    line1: Check | None = None
    postal_code: Check | None = None
    risk: Literal["normal", "elevated", "highest"] = "normal"
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
    "card_velocity_exceeded": "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    "card_declined": "Your card was declined.",
}
