"""Notes what Stripe holds of ours when somebody has changed it there: the next push tells what differs from that."""

from typing import Any

from billing.events import Kind
from integrations.provider_api import Inbound, Json
from integrations.providers.stripe.push.last_known import LAST_KNOWN
from integrations.providers.stripe.translate import (
    customers,
    metadata,
    price_params,
    products,
    subscription_params,
)

# Of our own names, those that an object of these kinds carries.
_OURS = (
    metadata.CUSTOMER_ID,
    metadata.ENVIRONMENT,
    metadata.EXTERNAL_ID,
    metadata.PLAN_ID,
    metadata.PRICE_ID,
    metadata.SUBSCRIPTION_ID,
    metadata.SOURCE,
)


def note(inbound: Inbound, kind: Kind, ours: str, theirs: Json) -> None:
    """Called once ``theirs`` was taken over: every metadata key of it that is not of FlexPrice is one of ours by now."""
    inbound.annotate(kind, ours, {LAST_KNOWN: _held(kind, theirs)})


def _held(kind: Kind, theirs: Json) -> dict[str, Any]:
    known = metadata.of(theirs)
    names = metadata.custom(theirs) | {name: known[name] for name in _OURS if name in known}
    if kind == Kind.CUSTOMER:
        return customers.current_params(theirs, {"preferred_locales": [], "metadata": names})
    if kind == Kind.PLAN:
        return products.current_params(theirs, {"metadata": names})
    if kind == Kind.PRICE:
        return price_params.current_params(theirs, {"metadata": names})
    return subscription_params.current_params(theirs, names)
