"""price.*: Stripe's prices are prices here, each of its product's plan."""

from collections.abc import Iterable

from billing.events import Kind
from billing.models import Price
from billing.services.catalog import plans
from integrations.provider_api import Freshness, Ignored, Inbound, Json
from integrations.providers.stripe.handlers import claims, holding, products
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
from integrations.providers.stripe.translate import prices as translate
from integrations.providers.stripe.translate.shapes import id_of

OFF = Ignored("It is for a price that is not here, and plan_inbound_enabled is off.")


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """price.created and price.updated; an inactive price is archived, for as long as it is inactive."""
    price = object_of(event)
    foreign = elsewhere(inbound, price)
    if foreign:
        return foreign
    ours = inbound.entity_id_of(Kind.PRICE, price["id"])
    if ours is None and inbound.event_type == "price.created" and price.get("active") is False:
        return MADE_INLINE
    freshness = inbound.freshness(Kind.PRICE, price["id"], rank_of(inbound))
    if freshness is Freshness.STALE:
        return STALE
    price = newest(inbound, freshness, "prices.retrieve", price, expand=["currency_options"])
    if ours is None:
        _adopt(inbound, price)
    elif is_echo(inbound, event):
        return ECHO
    else:
        plans.update_price(
            environment_id=inbound.environment_id,
            price_id=ours,
            changes=translate.changes(price),
            active=price.get("active") is not False,
            origin=inbound.connection_id,
        )
        holding.note(inbound, Kind.PRICE, ours, price)
    return None


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """price.deleted: archived here, because subscriptions and lines point at it."""
    price = object_of(event)
    foreign = elsewhere(inbound, price)
    if foreign:
        return foreign
    ours = inbound.entity_id_of(Kind.PRICE, price["id"])
    if ours is None:
        ours = _adopt(inbound, {**price, "active": False})
    if inbound.is_stale(Kind.PRICE, price["id"], rank_of(inbound)):
        return STALE
    plans.archive_price(environment_id=inbound.environment_id, price_id=ours, origin=inbound.connection_id)
    return None


def ensure(inbound: Inbound, prices: Iterable[Json]) -> dict[str, str] | Ignored:
    """Ours by Stripe's of the prices that another object carries whole; those that are missing are made of that."""
    found = {}
    # In one order for everybody, or two would wait for each other.
    for price in sorted(prices, key=lambda price: str(price["id"])):
        ours = inbound.entity_id_of(Kind.PRICE, price["id"])
        if ours is None and not inbound.is_on("plan_inbound_enabled"):
            return OFF
        if ours is None:
            inbound.lock(price["id"])
            ours = inbound.entity_id_of(Kind.PRICE, price["id"]) or _adopt(inbound, price)
        found[str(price["id"])] = ours
    return found


def _adopt(inbound: Inbound, price: Json) -> str:
    """Links the price that FlexSync's metadata names, creates one otherwise."""
    named = claims.by_id(inbound, Price, metadata.of(price).get(metadata.PRICE_ID, ""))
    ours = claims.settle(inbound, Kind.PRICE, price["id"], {f"metadata.{metadata.PRICE_ID}": named})
    if not ours:
        whole = _with_tiers(inbound, price)
        plan = products.ensure(inbound, id_of(price["product"]), price)
        ours = plans.create_price(
            environment_id=inbound.environment_id,
            facts=translate.price_facts(whole, plan),
            active=price.get("active") is not False,
            origin=inbound.connection_id,
        ).pk
    inbound.link(Kind.PRICE, ours, price["id"])
    return ours


def _with_tiers(inbound: Inbound, price: Json) -> Json:
    """``price`` with its tiers, which no event carries ("tiers" is expandable); like its amount they never change."""
    if not translate.lacks_tiers(price):
        return price
    asked = inbound.look_up("prices.retrieve", price["id"], {"expand": ["tiers"]})
    return {**price, "tiers": asked.get("tiers")}
