"""price.*: Stripe's prices are prices here, each of its product's plan."""

from billing.events import Kind
from billing.services import plans
from integrations.errors import Retry
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.handlers.events import MADE_INLINE, STALE, object_of, rank_of
from integrations.providers.stripe.translate.prices import price_facts
from integrations.providers.stripe.translate.shapes import id_of

# What a price costs never changes at Stripe either; only these do.
CHANGEABLE = ("description", "lookup_key", "metadata")


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """price.created and price.updated; an inactive price is archived."""
    price = object_of(event)
    if inbound.event_type == "price.created" and price.get("active") is False:
        return MADE_INLINE
    product = id_of(price["product"])
    plan = inbound.ours(Kind.PLAN, product)
    if plan is None:
        raise Retry(f"It waits for the product {product}.")
    if not inbound.is_news(Kind.PRICE, price["id"], rank_of(inbound)):
        return STALE
    facts, environment, origin = price_facts(price, plan), inbound.environment_id, inbound.connection_id
    ours = inbound.ours(Kind.PRICE, price["id"])
    if ours is None:
        ours = plans.create_price(environment_id=environment, facts=facts, origin=origin).pk
        inbound.link(Kind.PRICE, ours, price["id"])
    else:
        changes = {name: getattr(facts, name) for name in CHANGEABLE}
        plans.update_price(environment_id=environment, price_id=ours, changes=changes, origin=origin)
    if price.get("active") is False:
        plans.archive_price(environment_id=environment, price_id=ours, origin=origin)
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """price.deleted: archived here, because subscriptions and lines point at it."""
    price = object_of(event)
    ours = inbound.ours(Kind.PRICE, price["id"])
    if not inbound.is_news(Kind.PRICE, price["id"], rank_of(inbound)):
        return STALE
    if ours is None:
        return Ignored("The price was never here.")
    plans.archive_price(environment_id=inbound.environment_id, price_id=ours, origin=inbound.connection_id)
    return None
