"""product.*: Stripe's products are plans here."""

from collections.abc import Mapping

from billing import texts
from billing.events import Kind
from billing.facts import PlanFacts
from billing.models import Plan
from billing.services.catalog import plans
from integrations.provider_api import Ignored, Inbound, Json
from integrations.providers.stripe.handlers import match_candidates, upsert
from integrations.providers.stripe.handlers.events import CREATED_INACTIVE, object_of
from integrations.providers.stripe.merging import plans as merging
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import products as translate
from integrations.providers.stripe.translate.fields import text_that_fits

FOR_A_CHECKOUT = Ignored(
    "FlexSync created this product for one checkout page; it is not part of the catalog.", is_echo=True
)


def saved(inbound: Inbound, event: Json) -> Ignored | None:
    """product.created and product.updated; a plan is archived for as long as its product is inactive."""
    return upsert.save(PRODUCT, inbound, event)


def deleted(inbound: Inbound, event: Json) -> Ignored | None:
    """product.deleted, with the product as it last was: archived here, because prices refer to it."""
    product = {**object_of(event), "active": False}
    return upsert.delete(
        PRODUCT, inbound, event, product, lambda _plan_id: upsert.observed(PRODUCT, inbound, product)
    )


def ensure(inbound: Inbound, provider_id: str, price: Json) -> str:
    """The plan of the product that ``price`` names; until that one's event comes its name is the one that the
    price shows, or the id.
    """
    if plan_id := inbound.entity_id_of(Kind.PLAN, provider_id):
        return plan_id
    inbound.lock(provider_id)
    if plan_id := inbound.entity_id_of(Kind.PLAN, provider_id):
        return plan_id
    shown = price.get("product")
    name = text_that_fits(shown, "name", texts.LONGEST) if isinstance(shown, Mapping) else ""
    name = name or provider_id
    product = {"id": provider_id, "name": name, "metadata": metadata.of(price)}
    return _link_or_create(inbound, product, PlanFacts(name=name))


def _unwanted(inbound: Inbound, product: Json) -> Ignored | None:
    if inbound.event_type == "product.created" and not _is_active(product):
        return CREATED_INACTIVE
    return FOR_A_CHECKOUT if metadata.of(product).get(metadata.PAYMENT_ID) else None


def _adopt(inbound: Inbound, product: Json) -> str:
    return _link_or_create(inbound, product, translate.plan_facts(product))


def _link_or_create(inbound: Inbound, product: Json, facts: PlanFacts) -> str:
    """Links the plan that FlexSync's metadata names, creates one otherwise."""

    def create() -> str:
        environment, origin = inbound.environment_id, inbound.connection_id
        active = _is_active(product)
        return plans.create(environment_id=environment, facts=facts, active=active, origin=origin).id

    candidates = match_candidates.by_metadata(inbound, *PRODUCT.row, product)
    plan_id, is_new = match_candidates.link_or_create(inbound, Kind.PLAN, product["id"], candidates, create)
    upsert.adopted(PRODUCT, inbound, plan_id, product, is_new=is_new)
    return plan_id


def _update(_inbound: Inbound, _plan_id: str, product: Json, _event: Json) -> None:
    """Stripe alone decides nothing of a product; raises Untranslatable for what no product can be."""
    translate.plan_facts(product)


def _is_active(product: Json) -> bool:
    return product.get("active") is not False


PRODUCT = upsert.Resource(
    kind=Kind.PLAN,
    row=(Plan, metadata.PLAN_ID),
    retrieve="products.retrieve",
    adopt=_adopt,
    update=_update,
    synced=merging.PLAN,
    unwanted=_unwanted,
)
