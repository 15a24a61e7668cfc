"""Plans, which are Stripe's products, and prices, with what never changes of these."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db.models import Q

from billing import money
from billing.events import Kind
from billing.facts import PriceFacts
from billing.models import Price
from billing.models.base import Status
from billing.models.plans import UsageType
from billing.services.catalog import plans
from billing.services.find import find
from integrations.models import Connection, InboundEvent
from integrations.provider_api import LAST_KNOWN, Comparable, Facts, Json, Place
from integrations.providers.stripe.comparing.belongings import product_of
from integrations.providers.stripe.comparing.lists import in_turn, own, whole
from integrations.providers.stripe.comparing.names import of_any
from integrations.providers.stripe.handlers.echoes import CREATED_BY_OWN_CALL
from integrations.providers.stripe.listings.labels import of_price
from integrations.providers.stripe.translate import metadata, prices

_NEVER_CHANGES = (
    "currency", "unit_amount", "billing_period", "billing_period_count", "billing_model", "usage_type", "tier_mode",
    "tiers", "package_size", "package_rounding",
)  # fmt: skip
_CURRENCIES = "currency_options"


def _sold(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """What belongs to the catalog.

    What is inactive from the start was made for a single purchase, and what FlexSync's calls made beside, for
    the line of an invoice.
    """
    found = [one for one in own(connection, objects) if _is_for_many(one)]
    ids = [str(one["id"]) for one in found]
    beside = InboundEvent.objects.filter(CREATED_BY_OWN_CALL, connection=connection, object_id__among=ids)
    made_beside = set(beside.values_list("object_id", flat=True))
    return [one for one in found if one["id"] not in made_beside or _is_marked(one)]


def _is_for_many(stripe_object: Json) -> bool:
    return stripe_object.get("active") is not False and metadata.PAYMENT_ID not in metadata.of(stripe_object)


def _is_marked(stripe_object: Json) -> bool:
    return bool(metadata.of(stripe_object).keys() & {metadata.PLAN_ID, metadata.PRICE_ID})


def _usable(connection: Connection, objects: Sequence[Json]) -> list[Json]:
    """Those like which a price here can be."""
    return [one for one in _sold(connection, objects) if prices.is_tiered(one) or _has_amount(one)]


def _has_amount(price: Json) -> bool:
    amount = prices.unit_amount(price)
    return amount is not None and amount >= 0


def _is_listed(_stripe_id: str, notes: Json) -> bool:
    """Prices made inline, which are inactive, are in no list (page "List all prices")."""
    return (notes.get(LAST_KNOWN) or {}).get("active") is not False


def _price_there(price: Json) -> Facts:
    found = _shown(prices.price_facts(price, ""))
    return found if prices.shows_currencies(price) else {**found, _CURRENCIES: None}


def _price_here(place: Place, price_id: str, there: Facts) -> Facts:
    row = find(Price, place.environment_id, [price_id])[price_id]
    found = _shown(plans.price_facts(row))
    return {**found, _CURRENCIES: None} if there and there[_CURRENCIES] is None else found


def _shown(facts: PriceFacts) -> dict[str, Any]:
    found = asdict(facts)
    options = {code: money.unit_text(one, code) for code, one in sorted(facts.currency_options.items())}
    fixed = {name: _texts(found[name], facts.currency) for name in _NEVER_CHANGES}
    return {**fixed, _CURRENCIES: options}


def _texts(value: Any, currency: str) -> Any:
    if isinstance(value, Decimal):
        return money.unit_text(value, currency)
    if isinstance(value, dict):
        return {name: _texts(one, currency) for name, one in value.items()}
    return [_texts(one, currency) for one in value] if isinstance(value, (list, tuple)) else value


PLANS = Comparable(
    name="products",
    kind=Kind.PLAN,
    inbound="plan_inbound_enabled",
    outbound="plan_outbound_enabled",
    read=whole("products.list"),
    label=of_any,
    wanted=_sold,
    sent=lambda _connection_id: Q(status=Status.ACTIVE),
    repair=lambda _field, _here, _there: "take",
    sold_by="active",
)
PRICES = Comparable(
    name="prices",
    kind=Kind.PRICE,
    inbound="plan_inbound_enabled",
    outbound="plan_outbound_enabled",
    # Page "List all prices": a list without ``active`` may leave out the others.
    read=in_turn(
        whole("prices.list", active=True, expand=[f"data.{one}" for one in prices.EXPANDABLE]),
        whole("prices.list", active=False, expand=[f"data.{one}" for one in prices.EXPANDABLE]),
    ),
    label=lambda _place, price: of_price(price),
    there=_price_there,
    here=_price_here,
    belongs=product_of,
    compared=(*_NEVER_CHANGES, _CURRENCIES),
    wanted=_usable,
    # Page "Record usage for billing with the API": FlexSync makes no meters.
    sent=lambda _connection_id: Q(status=Status.ACTIVE) & ~Q(usage_type=UsageType.METERED),
    is_listed=_is_listed,
    repair=lambda field, _here, _there: "take" if field in ("", _CURRENCIES) else "",
    sold_by="active",
)
