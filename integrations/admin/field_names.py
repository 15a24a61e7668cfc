"""Fields of a merge as people call them: an item of a subscription by its plan and price."""

from typing import Any

from billing.events import Kind
from integrations.admin import entity_links
from integrations.mappings import entity_mappings
from integrations.provider_api import LAST_KNOWN

_ITEMS = "items."


def named(connection_id: str, kind: str, entity_id: str, field: str, *values: Any) -> str:
    """Returns "quantity of Gold 10.00 USD MONTHLY" for an item's field; other fields have their own names.

    An item whose price is not here is named after the provider's. ``values``: of both sides, which name the
    price of an item that is whole.
    """
    if kind != Kind.SUBSCRIPTION.value or not field.startswith(_ITEMS):
        return field
    item, _, name = field.removeprefix(_ITEMS).partition(".")
    whole = (one["price"] for one in values if isinstance(one, dict) and "price" in one)
    provider_id = next(whole, "") or _price_of(connection_id, entity_id, item)
    price_id = entity_mappings.entity_id_of(connection_id, Kind.PRICE, provider_id) or ""
    called = entity_links.called(Kind.PRICE.value, [price_id]).get(price_id, "")
    return f"{name or 'item'} of {called or provider_id or item}"


def _price_of(connection_id: str, subscription_id: str, item: str) -> str:
    """Returns the provider's id of the item's price, "" where it is not known any more."""
    notes = entity_mappings.notes_of(connection_id, Kind.SUBSCRIPTION, subscription_id)
    items = (notes.get(LAST_KNOWN) or {}).get("items", ())
    return next((str(one["price"]) for one in items if one["id"] == item), "")
