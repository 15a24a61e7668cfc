"""Brings a price to Stripe. Its amount never changes, on neither side: another amount is another price."""

from billing.events import Kind
from billing.models import Price
from billing.models.base import Status
from billing.services.catalog import plans
from integrations.errors import Missing
from integrations.provider_api import Outbound
from integrations.providers.stripe.merging.prices import PRICE
from integrations.providers.stripe.push import last_known, products, updates
from integrations.providers.stripe.translate import price_params as translate
from integrations.providers.stripe.translate.prices import EXPANDABLE


def push(outbound: Outbound) -> None:
    """Brings the price up to date, its product first."""
    price = _price(outbound, outbound.entity_id)
    if outbound.provider_id_of(Kind.PRICE, price.pk) is not None:
        update(outbound, price)
    elif price.status == Status.ARCHIVED:
        outbound.skip("archive", "The price was archived before it was ever sent to Stripe.")
    else:
        ensure(outbound, price.pk)


def refresh(outbound: Outbound) -> None:
    """Reads what no event shows of the price; one that Stripe has no more stays as it is here."""
    stripe_id = outbound.provider_id_of(Kind.PRICE, outbound.entity_id)
    if stripe_id is None:
        outbound.skip("read", "The price has no counterpart at Stripe any more.")
        return
    params = {"expand": EXPANDABLE}
    try:
        answer = outbound.look("read", "prices.retrieve", params, target=stripe_id)
    except Missing as missing:
        outbound.skip("read", f"The price stays as it is here: {missing}")
        return
    outbound.observe(Kind.PRICE, answer)


def create_or_update(outbound: Outbound, price: Price, product_id: str) -> None:
    """Creates the price for that product if it is active, or sends what changed of it."""
    if outbound.provider_id_of(Kind.PRICE, price.pk) is not None:
        update(outbound, price)
    elif price.status == Status.ACTIVE:
        _create(outbound, price, product_id)


def ensure(outbound: Outbound, price_id: str) -> str:
    """Stripe's id of the price, created there if need be, even if archived: a subscription needs it."""
    stripe_id = outbound.provider_id_of(Kind.PRICE, price_id)
    if stripe_id is not None:
        return stripe_id
    price = _price(outbound, price_id)
    # Raises Untranslatable before a product is created in vain.
    translate.create_params(plans.price_facts(price), price.pk, price.environment_id)
    return _create(outbound, price, products.ensure(outbound, price.plan_id))


def update(outbound: Outbound, price: Price) -> None:
    """Sends what changed of a price that is at Stripe: its texts, and whether it can be bought."""
    updates.update(outbound, PRICE, price.pk, step=_step(outbound, price, "update"))


def _price(outbound: Outbound, price_id: str) -> Price:
    return Price.objects.get(pk=price_id, environment_id=outbound.environment_id)


def _create(outbound: Outbound, price: Price, product_id: str) -> str:
    facts, ids = plans.price_facts(price), (price.pk, price.environment_id)
    desired = translate.update_params(facts, *ids, active=True)
    params, left_out = updates.made(PRICE, desired, translate.create_params(facts, *ids))
    response = outbound.once(
        _step(outbound, price, "create"),
        "prices.create",
        params | {"product": product_id},
        link=(Kind.PRICE, price.pk),
        annotate=lambda response: last_known.notes(translate.current_params(response)) | left_out,
    )
    return str(response["id"])


def _step(outbound: Outbound, price: Price, name: str) -> str:
    """The name of a step, with the price's id in the push of any other entity."""
    return name if outbound.entity_id == price.pk else f"{name}-{price.pk}"
