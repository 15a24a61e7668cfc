"""The card form that the checkout and invoice pages share."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from ..cards.card import Card
from ..cards.lookup import card_with_number


@dataclass
class CardForm:
    """The submitted values and their errors."""

    email: str = ""
    name: str = ""
    number: str = ""
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def card(self) -> Card | None:
        """Return the card if it is one of Stripe's test cards; otherwise set the errors."""
        card = card_with_number(self.number)
        if card is None:
            self.errors["number"] = "Use one of the test card numbers, such as 4242 4242 4242 4242."
        return card


async def submitted_form(request: Request) -> CardForm:
    """Return the submitted form."""
    values = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    return CardForm(
        email=values.get("email", "").strip(),
        name=values.get("name", "").strip(),
        number=values.get("number", ""),
        values=values,
    )
