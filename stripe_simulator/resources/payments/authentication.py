"""Whether a payment needs 3-D Secure. Source: Stripe docs, "Test card numbers", authentication and setup."""

from ...cards.card import Card
from ...state.account import Object


def requires_authentication(card: Card, method: Object, intent: Object, off_session: bool | None) -> bool:
    """Return whether the customer must authenticate; `off_session` is None where the caller has not said."""
    if card.authentication == "until_set_up":
        return off_session is False or not method.get("_set_up")
    if card.authentication == "on_session":
        return off_session is False
    if card.authentication == "on_request":
        return is_requested(intent)
    return card.authentication == "always"


def is_requested(intent: Object) -> bool:
    """Return whether the business asks for 3-D Secure although the card does not require it."""
    options = intent["payment_method_options"].get("card", {})
    return options.get("request_three_d_secure") in ("any", "challenge")
