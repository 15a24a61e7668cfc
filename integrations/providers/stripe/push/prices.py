"""Brings a price to Stripe. What it costs never changes, on neither side: another amount is another price."""

from billing.events import Kind
from billing.models import Price
from billing.models.base import Status
from billing.services.catalog import plans
from integrations.provider_api import Json, Outbound
from integrations.providers.stripe.push import notes, products
from integrations.providers.stripe.translate import price_params as translate


def push(outbound: Outbound) -> None:
    """Brings the price up to date, its product first."""
    price = _price(outbound, outbound.entity_id)
    theirs = outbound.provider_id_of(Kind.PRICE, price.pk)
    if theirs is not None:
        update(outbound, price, theirs)
    elif price.status == Status.ARCHIVED:
        outbound.skip("archive", "It was archived before it was ever at Stripe.")
    else:
        ensure(outbound, price.pk)


def follow(outbound: Outbound, price: Price, product: str) -> None:
    """Makes the price of that product, or tells what changed of it."""
    theirs = outbound.provider_id_of(Kind.PRICE, price.pk)
    if theirs is not None:
        update(outbound, price, theirs)
    elif price.status == Status.ACTIVE:
        _create(outbound, price, product)


def ensure(outbound: Outbound, price_id: str) -> str:
    """Stripe's id of the price, made there if need be, also when it is archived here: somebody has it."""
    theirs = outbound.provider_id_of(Kind.PRICE, price_id)
    if theirs is not None:
        return theirs
    price = _price(outbound, price_id)
    # Refused before a product is made for nothing.
    translate.create_params(plans.price_facts(price), price.pk, price.environment_id)
    return _create(outbound, price, products.ensure(outbound, price.plan_id))


def update(outbound: Outbound, price: Price, theirs: str) -> None:
    """Tells what changed of a price that is there: its texts, and whether it can be bought."""
    wanted = translate.update_params(
        plans.price_facts(price), price.pk, price.environment_id, active=price.status == Status.ACTIVE
    )
    step = notes.step(_step(outbound, price, "update"), wanted)
    news = notes.news(outbound, (Kind.PRICE, price.pk), wanted, step)
    if not news:
        outbound.skip(_step(outbound, price, "update"), "Stripe was told this already.")
        return
    outbound.once(
        step,
        "prices.update",
        translate.call_params(news),
        target=theirs,
        annotate=lambda answer: notes.sent(translate.current_params(answer, wanted)),
        about=(Kind.PRICE, price.pk),
    )


def _price(outbound: Outbound, price_id: str) -> Price:
    return Price.objects.get(pk=price_id, environment_id=outbound.environment_id)


def _create(outbound: Outbound, price: Price, product: str) -> str:
    facts = plans.price_facts(price)
    params = translate.create_params(facts, price.pk, price.environment_id) | {"product": product}
    wanted: Json = translate.update_params(facts, price.pk, price.environment_id, active=True)
    answer = outbound.once(
        _step(outbound, price, "create"),
        "prices.create",
        params,
        link=(Kind.PRICE, price.pk),
        annotate=lambda answer: notes.sent(translate.current_params(answer, wanted)),
    )
    return str(answer["id"])


def _step(outbound: Outbound, price: Price, name: str) -> str:
    """The name of a step, with the price's id in the push of anything else."""
    return name if outbound.entity_id == price.pk else f"{name}-{price.pk}"
