"""product.*: Stripe's products are plans here."""

from dataclasses import asdict

from billing.events import Kind
from billing.facts import PlanFacts
from billing.models import Plan
from billing.services.catalog import plans
from integrations.provider_api import Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import claims, holding
from integrations.providers.stripe.handlers.echoes import is_echo
from integrations.providers.stripe.handlers.events import (
    ECHO,
    MADE_INLINE,
    STALE,
    elsewhere,
    newest,
    object_of,
    rank_of,
)
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.products import plan_facts

FOR_A_CHECKOUT = Ignored("FlexSync made it as the one line of a checkout's page: nothing that is sold.")


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """product.created and product.updated; an inactive product is an archived plan, for as long as it is inactive."""
    product = object_of(event)
    foreign = elsewhere(inbound, product)
    if foreign:
        return foreign
    freshness = inbound.freshness(Kind.PLAN, product["id"], rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    product = newest(inbound, freshness, "products.retrieve", product)
    facts, active = plan_facts(product), product.get("active") is not False
    ours = inbound.entity_id_of(Kind.PLAN, product["id"])
    if ours is None and inbound.event_type == "product.created" and not active:
        return MADE_INLINE
    if ours is None and metadata.of(product).get(metadata.PAYMENT_ID):
        return FOR_A_CHECKOUT
    if ours is None:
        _adopt(inbound, product["id"], metadata.of(product), facts, active=active)
    elif is_echo(inbound, event):
        return ECHO
    else:
        _follow(inbound, ours, facts, active=active)
        holding.note(inbound, Kind.PLAN, ours, product)
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """product.deleted, which carries the product as it last was: archived here, because prices point at it."""
    product = object_of(event)
    foreign = elsewhere(inbound, product)
    if foreign:
        return foreign
    facts = plan_facts(product)
    ours = inbound.entity_id_of(Kind.PLAN, product["id"])
    if ours is None:
        ours = _adopt(inbound, product["id"], metadata.of(product), facts, active=False)
    if inbound.is_stale(Kind.PLAN, product["id"], rank_of(inbound)):
        return STALE
    _follow(inbound, ours, facts, active=False)
    return None


def ensure(inbound: Inbound, theirs: str, price: Json) -> str:
    """Ours of the product that ``price`` names: until its own event comes, a plan that is called by its id."""
    if ours := inbound.entity_id_of(Kind.PLAN, theirs):
        return ours
    inbound.lock(theirs)
    if ours := inbound.entity_id_of(Kind.PLAN, theirs):
        return ours
    return _adopt(inbound, theirs, metadata.of(price), PlanFacts(name=theirs), active=True)


def _adopt(inbound: Inbound, theirs: str, names: dict[str, str], facts: PlanFacts, *, active: bool) -> str:
    """Links the plan that FlexSync's metadata names, creates one otherwise."""
    named = claims.by_id(inbound, Plan, names.get(metadata.PLAN_ID, ""))
    ours = claims.settle(inbound, Kind.PLAN, theirs, {f"metadata.{metadata.PLAN_ID}": named})
    if not ours:
        ours = plans.create(
            environment_id=inbound.environment_id, facts=facts, active=active, origin=inbound.connection_id
        ).pk
    inbound.link(Kind.PLAN, ours, theirs)
    return ours


def _follow(inbound: Inbound, ours: str, facts: PlanFacts, *, active: bool) -> None:
    # A product has no lookup_key: what the plan has was given to it here.
    changes = {name: value for name, value in asdict(facts).items() if name != "lookup_key"}
    plans.update(
        environment_id=inbound.environment_id,
        plan_id=ours,
        changes=changes,
        active=active,
        origin=inbound.connection_id,
    )
