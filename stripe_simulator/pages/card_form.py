"""The card form that the checkout and invoice pages share."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from ..cards import card_with_number
from ..resources.checkout_payment import Payer


@dataclass
class CardForm:
    """What was typed, and what is wrong with it."""

    email: str = ""
    name: str = ""
    number: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def payer(self) -> Payer | None:
        """The payer, if the card is one of Stripe's test cards; otherwise the errors say why not."""
        card = card_with_number(self.number)
        if card is None:
            self.errors["number"] = "Use one of the test card numbers, such as 4242 4242 4242 4242."
            return None
        return Payer(card=card, email=self.email or None, name=self.name or None)


async def submitted(request: Request) -> CardForm:
    """The form as posted."""
    values = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
    return CardForm(
        email=values.get("email", "").strip(),
        name=values.get("name", "").strip(),
        number=values.get("number", ""),
    )
