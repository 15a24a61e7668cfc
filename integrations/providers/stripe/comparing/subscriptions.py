"""Subscriptions with their items; what they cost a period is at stake."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from billing.events import Kind
from billing.facts import ZERO
from billing.models import Price
from billing.models.plans import BillingModel
from billing.models.subscriptions import SubscriptionStatus
from billing.services.find import find
from integrations.models import Connection, EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.provider_api import Comparable, Facts, Gateway, Json, Page, Place
from integrations.providers.stripe.comparing import owners
from integrations.providers.stripe.comparing.amounts import difference, texts
from integrations.providers.stripe.comparing.belongings import customer_of, linked, of_customers, product_of
from integrations.providers.stripe.comparing.lists import own, whole
from integrations.providers.stripe.listings.labels import of_subscription
from integrations.providers.stripe.merging.subscriptions import facts_of
from integrations.providers.stripe.translate import prices
from integrations.providers.stripe.translate import subscriptions as translate
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import read_quantity

_ENDED = (SubscriptionStatus.DRAFT, SubscriptionStatus.CANCELLED)
_READ = whole("subscriptions.list", status="all")
# Stripe's longest page of a list.
_LONGEST = 100


def _read(gateway: Gateway, cursor: str) -> Page:
    """A page, with all items of each: a subscription of more than a list shows costs a call of its own."""
    page = _READ(gateway, cursor)
    return Page([_completed(gateway, one) for one in page.objects], page.cursor)


def _completed(gateway: Gateway, subscription: Json) -> Json:
    if not translate.has_more(subscription):
        return subscription
    found = gateway.call("subscription_items.list", {"subscription": subscription["id"], "limit": _LONGEST})
    items = {name: found[name] for name in ("data", "has_more")}
    return {**subscription, "items": {**subscription["items"], **items}}


def _there(subscription: Json) -> Facts:
    if translate.has_more(subscription):
        raise Untranslatable("The subscription has more items than FlexSync supports.")
    return {
        "status": translate.status_of(subscription),
        **owners.there(subscription),
        **texts(
            translate.currency(subscription), amount=sum(map(_amount, translate.items(subscription)), ZERO)
        ),
    }


def _amount(item: Json) -> Decimal:
    """What a flat price costs a period; of others nothing is known before they are billed."""
    price = translate.price(item)
    amount = None if not price or prices.is_tiered(price) else prices.unit_amount(price)
    is_counted = any(item.get(name) is not None for name in ("quantity", "quantity_decimal"))
    return amount * read_quantity(item) if amount and is_counted else ZERO


def _here(place: Place, subscription_id: str, there: Facts) -> Facts:
    facts = facts_of(place.environment_id, subscription_id)
    sold = find(Price, place.environment_id, {item.price_id for item in facts.items})
    flat = {price_id: price for price_id, price in sold.items() if price.billing_model == BillingModel.FLAT}
    amount = sum(
        (flat[one.price_id].unit_amount * one.quantity for one in facts.items if one.price_id in flat), ZERO
    )
    status, other = facts.status, there.get("status")
    # A pause is no status at Stripe, and both sides edit it: it is among the fields that are merged.
    is_paused = "paused" in (status, other) and "cancelled" not in (status, other)
    return {
        "status": other if is_paused and other else status,
        **owners.here(place, facts.customer_id, there),
        **texts(facts.currency, amount=amount),
    }


def _wanted(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """Those of customers and prices that are here, or are to be."""
    found = of_customers(connection, list(own(connection, objects)))
    if connection.plan_inbound_enabled:
        return found
    here = linked(connection, Kind.PRICE, (price for one in found for price in _prices(one)))
    return [one for one in found if here.issuperset(_prices(one))]


def _prices(subscription: Json) -> list[str]:
    return [translate.price_id(item) for item in translate.items(subscription)]


def _belongs(subscription: Json) -> Iterator[tuple[Kind, str]]:
    yield from customer_of(subscription)
    for item in translate.items(subscription):
        yield Kind.PRICE, translate.price_id(item)
        yield from product_of(translate.price(item))


def _sent(connection_id: str) -> Q:
    """What no other connection bills, or is to bill."""
    others = EntityMapping.objects.filter(
        entity_type=Kind.SUBSCRIPTION, entity_id=OuterRef("pk"), gone_at=None
    ).exclude(connection__status=ConnectionStatus.ARCHIVED)
    own_environment = Connection.objects.filter(environment=OuterRef("environment"))
    rivals = own_environment.filter(subscription_outbound_enabled=True).exclude(pk=connection_id)
    undecided = Exists(rivals.exclude(status=ConnectionStatus.ARCHIVED))
    is_to_bill = Q(customer__connection_id=connection_id) | Q(customer__connection_id="") & ~Q(undecided)
    return is_to_bill & ~Q(status__in=_ENDED) & ~Q(Exists(others))


def _at_stake(field: str, here: Facts, there: Facts) -> Any:
    if field.startswith("items."):
        return difference("amount", here, there)
    return there.get("amount") or here.get("amount") if field in ("", "status", owners.CUSTOMER) else None


def _repair(field: str, here: Facts, _there: Facts) -> str:
    if field == owners.CUSTOMER:
        return ""
    return "push" if here.get("status") == SubscriptionStatus.CANCELLED else "take"


SUBSCRIPTIONS = Comparable(
    name="subscriptions",
    kind=Kind.SUBSCRIPTION,
    inbound="subscription_inbound_enabled",
    outbound="subscription_outbound_enabled",
    read=_read,
    completed=_completed,
    label=lambda place, subscription: of_subscription(subscription, owners.named(place, subscription)),
    there=_there,
    here=_here,
    compared=("status", "currency", owners.CUSTOMER),
    refers=lambda subscription: (*_prices(subscription), *owners.refers(subscription)),
    belongs=_belongs,
    wanted=_wanted,
    sent=_sent,
    at_stake=_at_stake,
    repair=_repair,
)
