"""What in Stripe's objects says which row they are."""

from dataclasses import replace
from decimal import Decimal

from billing import texts
from integrations.provider_api import Clues, Json
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate import subscriptions as translate
from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import read_id, text_of
from integrations.providers.stripe.translate.prices import price_facts

# A subscription that has ended (page "The Subscription object", status).
_ENDED = ("canceled", "incomplete_expired")


def of_customer(customer: Json) -> Clues:
    """FlexSync's ids and the integrator's in its metadata, its e-mail address and name."""
    known = metadata.of(customer)
    return replace(
        _marked(customer, metadata.CUSTOMER_ID),
        external_id=known.get(metadata.EXTERNAL_ID, ""),
        email=texts.folded(text_of(customer, "email")),
        name=text_of(customer, "name").strip(),
    )


def of_product(product: Json) -> Clues:
    """FlexSync's id in its metadata, the lookup key that FlexSync writes there, and its name."""
    known = metadata.of(product)
    return replace(
        _marked(product, metadata.PLAN_ID),
        lookup_key=known.get("lookup_key", ""),
        name=text_of(product, "name").strip(),
    )


def of_price(price: Json) -> Clues:
    """FlexSync's id in its metadata; and its product, key and amount, while it can be bought."""
    product = read_id(price, "product")
    try:
        facts = price_facts(price, product) if price.get("active") is not False else None
    except Untranslatable:
        facts = None
    return replace(_marked(price, metadata.PRICE_ID), price=facts, plan=product)


def of_subscription(subscription: Json) -> Clues:
    """FlexSync's id in its metadata; and its customer and prices, while it is billed."""
    marked = _marked(subscription, metadata.SUBSCRIPTION_ID)
    if subscription.get("status") in _ENDED or translate.has_more(subscription):
        return marked
    prices = tuple(translate.price_id(item) for item in translate.items(subscription))
    return replace(marked, customer=read_id(subscription, "customer"), prices=prices)


def of_invoice(invoice: Json) -> Clues:
    """FlexSync's id in its metadata; and whose debt it is, and how much, unless it is void."""
    marked = _marked(invoice, metadata.INVOICE_ID)
    if invoice.get("status") == "void":
        return marked
    return replace(marked, customer=read_id(invoice, "customer"), money=_money(invoice))


def _money(invoice: Json) -> tuple[Decimal, str]:
    currency = read_currency(invoice)
    return read_amount(invoice, "total", currency, 0), currency


def _marked(stripe_object: Json, name: str) -> Clues:
    known = metadata.of(stripe_object)
    return Clues(environment_id=known.get(metadata.ENVIRONMENT, ""), entity_id=known.get(name, ""))
