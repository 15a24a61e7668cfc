"""The card form that the checkout and invoice pages share."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from ..cards import Card, card_with_number


@dataclass
class CardForm:
    """What was typed, and what is wrong with it."""

    email: str = ""
    name: str = ""
    number: str = ""
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def card(self) -> Card | None:
        """The card, if it is one of Stripe's test cards; otherwise the errors say why not."""
        card = card_with_number(self.number)
        if card is None:
            self.errors["number"] = "Use one of the test card numbers, such as 4242 4242 4242 4242."
        return card


async def submitted(request: Request) -> CardForm:
    """The form as posted."""
    values = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    return CardForm(
        email=values.get("email", "").strip(),
        name=values.get("name", "").strip(),
        number=values.get("number", ""),
        values=values,
    )
