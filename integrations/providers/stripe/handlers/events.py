"""What every handler reads from an event, and common reasons to ignore one."""

from collections.abc import Callable
from typing import Any

from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.translate import metadata

STALE = Ignored("FlexSync already has a newer state of this object.")
ECHO = Ignored("FlexSync's own call caused this event, so it brings nothing new.", is_echo=True)
# Page "Create a Checkout Session", price_data: what is made for one purchase is inactive from the start.
CREATED_INACTIVE = Ignored("It was created inactive, for a single purchase; it is not part of the catalog.")
# Such as the product and price that Stripe makes behind the scenes for an invoice's line.
BY_OWN_CALL = Ignored(
    "FlexSync's own call made it at Stripe, for something else: it is nothing to import.", is_echo=True
)
# What the idempotency key of every call of FlexSync's begins with.
OWN_KEY = "flexsync-"
_RANKS = {"created": 0, "deleted": 2}


def object_of(event: Json) -> Json:
    """The object as it was when the event was made."""
    found: Json = event["data"]["object"]
    return found


def of_other_environment(inbound: Inbound, stripe_object: Json) -> Ignored | None:
    """Why the object is ignored when another environment of FlexSync made it, else None."""
    environment = metadata.of(stripe_object).get(metadata.ENVIRONMENT)
    if not environment or environment == inbound.environment_id:
        return None
    return Ignored(f"The {stripe_object['object']} belongs to another environment, {environment}.")


def rank_of(inbound: Inbound) -> int:
    """The event's place among those of one second."""
    return rank(inbound.event_type)


def rank(event_type: str) -> int:
    """The place among those of one second: created first, deleted last."""
    return _RANKS.get(event_type.rpartition(".")[2], 1)


def carries_all(event: Json) -> bool:
    """Whether a newer event tells the same: not as an echo does, which tells what its call has replaced."""
    return not is_own(event)


def is_own(event: Json) -> bool:
    """Whether a call of FlexSync's caused the event: its idempotency key tells (page "The Event object")."""
    return idempotency_key(event).startswith(OWN_KEY)


def idempotency_key(event: Json) -> str:
    """The key of the call that caused the event, "" for none; until 2017-05-25 ``request`` was an id."""
    request: Any = event.get("request")
    key = request.get("idempotency_key") if isinstance(request, dict) else None
    return key if isinstance(key, str) else ""


def ignoring(reason: str) -> Callable[[Inbound, Json], Ignored]:
    """A handler for events that change nothing here, and why."""

    def handle(_inbound: Inbound, _event: Json) -> Ignored:
        return Ignored(reason)

    return handle
