"""Notes what Stripe has after a change that was made there, so that the next push sends only what differs."""

from billing.events import Kind
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.push.last_known import LAST_KNOWN, CurrentParams
from integrations.providers.stripe.translate import metadata

# Which of FlexSync's own metadata keys the mirrored objects carry.
_RESERVED = (
    metadata.CUSTOMER_ID,
    metadata.ENVIRONMENT,
    metadata.EXTERNAL_ID,
    metadata.PLAN_ID,
    metadata.PRICE_ID,
    metadata.SUBSCRIPTION_ID,
    metadata.SOURCE,
)


def note(
    inbound: Inbound, kind: Kind, local_id: str, stripe_object: Json, current_params: CurrentParams
) -> None:
    """Called once the row has every value of the object, and with them all of its custom metadata."""
    known = metadata.of(stripe_object)
    keys = metadata.custom(stripe_object) | {key: known[key] for key in _RESERVED if key in known}
    params = current_params(stripe_object, {"preferred_locales": [], "metadata": keys})
    inbound.annotate(kind, local_id, {LAST_KNOWN: params})
