"""By what a row and an object are known to be the same, before anything links them."""

from dataclasses import dataclass
from decimal import Decimal

from billing.facts import PriceFacts


@dataclass(frozen=True)
class Clues:
    """What in an object says which row it is, "" where nothing does: each may be of one row only.

    ``environment_id``, ``entity_id``: as its metadata names them. ``external_id``: a customer's in the
    integrator's system. ``email``: a customer's, in lower case. ``lookup_key``: a plan's. ``name``: either's.
    ``price``: what a price says that may be one here, and ``plan``: the provider's id of its plan.
    ``customer`` and ``prices``: the provider's ids of those of a subscription that is billed.
    ``money``: how much (major units) of which currency an invoice of that customer asks for.
    """

    environment_id: str = ""
    entity_id: str = ""
    external_id: str = ""
    email: str = ""
    lookup_key: str = ""
    name: str = ""
    price: PriceFacts | None = None
    plan: str = ""
    customer: str = ""
    prices: tuple[str, ...] = ()
    money: tuple[Decimal, str] | None = None
