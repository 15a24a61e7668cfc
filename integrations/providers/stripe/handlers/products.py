"""product.*: Stripe's products are plans here."""

from dataclasses import asdict

from billing.events import Kind
from billing.services import plans
from integrations.provider import Ignored, Inbound, Json
from integrations.providers.stripe.handlers.events import MADE_INLINE, STALE, object_of, rank_of
from integrations.providers.stripe.translate.products import plan_facts


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """product.created and product.updated; an inactive product is an archived plan."""
    product = object_of(event)
    if not inbound.is_news(Kind.PLAN, product["id"], rank_of(inbound)):
        return STALE
    facts, environment, origin = plan_facts(product), inbound.environment_id, inbound.connection_id
    ours = inbound.ours(Kind.PLAN, product["id"])
    if ours is None and inbound.event_type == "product.created" and product.get("active") is False:
        return MADE_INLINE
    if ours is None:
        ours = plans.create(environment_id=environment, facts=facts, origin=origin).pk
        inbound.link(Kind.PLAN, ours, product["id"])
    else:
        # A product has no lookup_key: what the plan has was given to it here.
        changes = {name: value for name, value in asdict(facts).items() if name != "lookup_key"}
        plans.update(environment_id=environment, plan_id=ours, changes=changes, origin=origin)
    if product.get("active") is False:
        plans.archive(environment_id=environment, plan_id=ours, origin=origin)
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """product.deleted: archived here, because prices point at it."""
    product = object_of(event)
    ours = inbound.ours(Kind.PLAN, product["id"])
    if not inbound.is_news(Kind.PLAN, product["id"], rank_of(inbound)):
        return STALE
    if ours is None:
        return Ignored("The product was never here.")
    plans.archive(environment_id=inbound.environment_id, plan_id=ours, origin=inbound.connection_id)
    return None
