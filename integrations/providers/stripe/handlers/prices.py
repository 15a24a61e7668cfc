"""price.*: Stripe's prices are prices here, each of its product's plan."""

from collections.abc import Iterable

from billing.events import Kind
from billing.models import Price
from billing.models.plans import BillingModel
from billing.services.catalog import plans
from billing.services.find import find
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import match_candidates, products, upsert
from integrations.providers.stripe.handlers.echoes import made_by_own_call
from integrations.providers.stripe.handlers.events import CREATED_INACTIVE, object_of
from integrations.providers.stripe.merging import prices as merging
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import prices as translate
from integrations.providers.stripe.translate.fields import read_id

OFF = Ignored(
    "The event names a price that is not here, and plan_inbound_enabled is off for this connection. To bring both here,"
    " turn it on, then replay the event."
)
OF_A_LINE = Ignored(
    "The event names a price that Stripe made for a line of FlexSync's own call: it is no price of a plan."
)
WITHOUT_AMOUNT = Ignored(
    "It has no amount per unit, as where its customers choose it (custom_unit_amount): it is not sold from here."
)
NEGATIVE = Ignored(
    "Its amount is negative, and prices here are not: it stands for a credit.", is_in_order=True
)


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """price.created and price.updated; an inactive price is archived, for as long as it is inactive."""
    return upsert.save(PRICE, inbound, event)


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """price.deleted: archived here, because subscriptions and invoice lines refer to it."""
    environment, origin = inbound.environment_id, inbound.connection_id
    return upsert.delete(
        PRICE,
        inbound,
        event,
        {**object_of(event), "active": False},
        lambda price_id: plans.archive_price(environment_id=environment, price_id=price_id, origin=origin),
    )


def ensure(inbound: Inbound, prices: Iterable[Json]) -> dict[str, str] | Ignored:
    """The ids here, by Stripe's, of prices that another object carries whole; creates what is missing."""
    found = {}
    # Every worker takes them in the same order, or two would wait for each other.
    for price in sorted(prices, key=lambda price: str(price["id"])):
        price_id = _ensure_one(inbound, price)
        if isinstance(price_id, Ignored):
            return price_id
        found[str(price["id"])] = price_id
    return found


def learn_currency(inbound: Inbound, price_ids: Iterable[str], currency: str) -> None:
    """Lets it be read what these prices (their ids here) cost in another currency, unless that is known."""
    for price in find(Price, inbound.environment_id, list(price_ids)).values():
        is_known = currency in (price.currency, *price.currency_options)
        if not is_known and price.billing_model != BillingModel.TIERED:
            inbound.refresh(Kind.PRICE, price.pk)


def observed(inbound: Inbound, price: Json) -> None:
    """Brings here what an answer shows of a price that is here."""
    upsert.observed(PRICE, inbound, price)
    if price_id := inbound.entity_id_of(Kind.PRICE, price["id"]):
        _set_currencies(inbound, price_id, price)


def _ensure_one(inbound: Inbound, price: Json) -> str | Ignored:
    if price_id := inbound.entity_id_of(Kind.PRICE, price["id"]):
        return price_id
    if not inbound.is_on("plan_inbound_enabled"):
        return OFF
    inbound.lock(price["id"])
    if price_id := inbound.entity_id_of(Kind.PRICE, price["id"]):
        return price_id
    is_marked = metadata.PRICE_ID in metadata.of(price)
    return OF_A_LINE if not is_marked and made_by_own_call(inbound, price["id"]) else _adopt(inbound, price)


def _unwanted(inbound: Inbound, price: Json) -> Ignored | None:
    return CREATED_INACTIVE if inbound.event_type == "price.created" and not _is_active(price) else None


def _adopt(inbound: Inbound, price: Json) -> str | Ignored:
    """Links the price that FlexSync's metadata names, creates one otherwise."""
    if reason := _unusable(price):
        return reason

    def create() -> str:
        whole = _whole(inbound, price)
        plan_id = products.ensure(inbound, read_id(whole, "product"), price)
        price_id = plans.create_price(
            environment_id=inbound.environment_id,
            facts=translate.price_facts(whole, plan_id),
            active=_is_active(price),
            origin=inbound.connection_id,
        ).id
        _complete(inbound, price_id, whole)
        return price_id

    candidates = match_candidates.by_metadata(inbound, *PRICE.row, price)
    price_id, is_new = match_candidates.link_or_create(
        inbound, Kind.PRICE, price["id"], candidates, create, lambda chosen: _unfit(inbound, chosen, price)
    )
    upsert.adopted(PRICE, inbound, price_id, price, is_new=is_new)
    return price_id


def _unfit(inbound: Inbound, price_id: str, price: Json) -> str:
    """Why that price here cannot be it, "" where it can."""
    here, whole = plans.price_facts(Price.objects.get(pk=price_id)), _whole(inbound, price)
    if here.terms != translate.price_facts(whole, here.plan_id).terms:
        return "the two ask for different amounts, or for different periods"
    if here.plan_id != products.ensure(inbound, read_id(whole, "product"), price):
        return "it belongs to the product of another plan"
    return ""


def _unusable(price: Json) -> Ignored | None:
    """Why no price here can be like it, None where one can."""
    if translate.is_tiered(price):
        return None
    amount = translate.unit_amount(price)
    if amount is None:
        return WITHOUT_AMOUNT
    return NEGATIVE if amount < 0 else None


def _update(inbound: Inbound, price_id: str, price: Json, _event: Json) -> None:
    _set_currencies(inbound, price_id, price)
    _complete(inbound, price_id, price)


def _set_currencies(inbound: Inbound, price_id: str, price: Json) -> None:
    plans.update_price(
        environment_id=inbound.environment_id,
        price_id=price_id,
        changes=translate.currency_options(price),
        origin=inbound.connection_id,
    )


def _complete(inbound: Inbound, price_id: str, price: Json) -> None:
    """Lets it be read what a unit costs in other currencies, where Stripe did not say it."""
    if not translate.is_tiered(price) and not translate.shows_currencies(price):
        inbound.refresh(Kind.PRICE, price_id)


def _whole(inbound: Inbound, price: Json) -> Json:
    """``price`` with what its event left out and never changes, such as its tiers."""
    if translate.is_whole(price):
        return price
    current = inbound.look_up("prices.retrieve", price["id"], {"expand": translate.EXPANDABLE})
    return {**current, **{name: value for name, value in price.items() if value is not None}}


def _is_active(price: Json) -> bool:
    return price.get("active") is not False


PRICE = upsert.Resource(
    kind=Kind.PRICE,
    row=(Price, metadata.PRICE_ID),
    retrieve="prices.retrieve",
    expand=translate.EXPANDABLE,
    adopt=_adopt,
    update=_update,
    synced=merging.PRICE,
    unwanted=_unwanted,
)
