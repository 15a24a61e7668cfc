"""Finding a test card by its number, or by an id such as `pm_card_visa` or `tok_visa`."""

from ..errors import InvalidRequest
from .brands import BRANDS, COUNTRIES, UNNAMED
from .card import Card
from .outcomes import BANK_ACCOUNTS, CHALLENGING, DECLINING, LATER, RISKS

CARDS = BRANDS | COUNTRIES | DECLINING | RISKS | CHALLENGING | LATER
_BY_NUMBER = {card.number: card for card in (*CARDS.values(), *UNNAMED, *BANK_ACCOUNTS.values())}


def card_with_number(number: str) -> Card | None:
    """Return the test card with this number; None for any other number."""
    return _BY_NUMBER.get(number.replace(" ", "").replace("-", ""))


def card_of_id(id: str) -> Card | None:
    """Return the test card behind an id such as `pm_card_visa`; None for the id of a payment method."""
    if id.startswith("pm_usBankAccount_"):
        return BANK_ACCOUNTS.get(id.removeprefix("pm_usBankAccount_"))
    return CARDS.get(id.removeprefix("pm_card_")) if id.startswith("pm_card_") else None


def card_of_token(token: str, param: str) -> Card:
    """Return the test card behind a token such as `tok_visa`; refuse any other by its name."""
    card = CARDS.get(token.removeprefix("tok_")) if token.startswith("tok_") else None
    if card is None:
        raise InvalidRequest(f"No such token: '{token}'", code="resource_missing", param=param)
    return card
