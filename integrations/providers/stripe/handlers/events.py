"""What every handler asks of an event, and how billing's refusals become ours."""

from collections.abc import Callable, Sequence
from functools import wraps

from billing.errors import BillingError, Code
from integrations.errors import Rejected, Retry
from integrations.provider_api import Freshness, Handler, Ignored, Inbound, Json
from integrations.providers.stripe.translate import metadata

STALE = Ignored("A newer state of the object is known already.")
ECHO = Ignored("The event tells what FlexSync itself has sent.")
# Page "Create a Checkout Session", price_data: what is made for one purchase alone is inactive from the start.
MADE_INLINE = Ignored("It was made inactive, for a single purchase: nothing that is sold.")
_RANKS = {"created": 0, "deleted": 2}


def object_of(event: Json) -> Json:
    """The object as it was when the event was made."""
    found: Json = event["data"]["object"]
    return found


def elsewhere(inbound: Inbound, theirs: Json) -> Ignored | None:
    """Why the object is none of ours: another environment of FlexSync made it. None when that is not so."""
    environment = metadata.of(theirs).get(metadata.ENVIRONMENT)
    if not environment or environment == inbound.environment_id:
        return None
    return Ignored(f"The {theirs['object']} belongs to another environment, {environment}.")


def newest(
    inbound: Inbound, freshness: Freshness, operation: str, told: Json, *, expand: Sequence[str] = ()
) -> Json:
    """The object as the event ``told`` it, or as it is now when another event of the same second told it otherwise.

    ``created`` has a resolution of one second (page "The Event object"), and Stripe delivers in no order.
    """
    if freshness is not Freshness.CONCURRENT:
        return told
    now = inbound.look_up(operation, told["id"], {"expand": list(expand)} if expand else {})
    # Its deletion is an event of its own.
    return told if now.get("deleted") else now


def rank_of(inbound: Inbound) -> int:
    """The event's place among those of one second."""
    return rank(inbound.event_type)


def rank(event_type: str) -> int:
    """The place among those of one second: created first, deleted last."""
    return _RANKS.get(event_type.rpartition(".")[2], 1)


def shows_all(event: Json) -> bool:
    """Whether nothing is lost when older events of the object are passed over: not for an echo, which is not taken over."""
    return not str((event.get("request") or {}).get("idempotency_key") or "").startswith("flexsync-")


def refusing(handler: Handler) -> Handler:
    """``handler``, whose refusals by billing become a failure that an operator understands."""

    @wraps(handler)
    def handle(inbound: Inbound, event: Json) -> Ignored | None:
        try:
            return handler(inbound, event)
        except BillingError as error:
            # A name that is taken may be given up by an event that has not come yet.
            if error.code == Code.ALREADY_TAKEN:
                raise Retry(f"Billing refused it for now: {error.message}") from error
            raise Rejected(f"Billing refused it: {error.message}") from error
        except KeyError as error:
            raise Rejected(f"The event has an unknown shape or value: {error}.") from error

    return handle


def ignoring(reason: str) -> Callable[[Inbound, Json], Ignored]:
    """A handler for events that ask nothing of us, and why."""

    def handle(_inbound: Inbound, _event: Json) -> Ignored:
        return Ignored(reason)

    return handle
