"""Subscriptions: one plan became items (2016-07-06), and the period moved to them (2025-03-31, page
"Deprecates subscription current period start and end"); `currency` is newer than both.
"""

from typing import Any

from integrations.providers.stripe.translate.fields import Json, read_list, read_object
from integrations.providers.stripe.translate.older_spellings import prices
from integrations.providers.stripe.translate.older_spellings.renaming import fill, unchanged_or, without

_PERIOD = ("current_period_start", "current_period_end")
_OLD = frozenset((*_PERIOD, "billing", "discount", "plan", "quantity", "start", "tax_percent"))


def current(subscription: Json) -> Json:
    """A subscription with its items and their prices."""
    known = read_list(subscription, "items")
    period = {name: subscription.get(name) for name in _PERIOD}
    found = unchanged_or(known or _only(subscription), lambda item: _item(item, period))
    currency = subscription.get("currency") or _currency(found)
    is_old = not _OLD.isdisjoint(subscription) or currency != subscription.get("currency")
    if not is_old and found is known:
        return subscription
    new = without(subscription, _OLD) | {"items": {**read_object(subscription, "items"), "data": found}}
    renamed = {"start_date": subscription.get("start"), "collection_method": subscription.get("billing")}
    return fill(new, {"currency": currency, **renamed})


def _only(subscription: Json) -> list[Json]:
    """The one item that ``plan`` and ``quantity`` stood for, without an id of its own."""
    if not subscription.get("plan"):
        return []
    return [{"id": "", "plan": subscription["plan"], "quantity": subscription.get("quantity")}]


def _item(item: Json, period: Json) -> Json:
    price = prices.of_item(item)
    missing = {name: time for name, time in period.items() if item.get(name) is None and time is not None}
    if price is item.get("price") and not missing:
        return item
    return {**without(item, ("plan",)), "price": price, **missing}


def _currency(items: list[Json]) -> Any:
    """The currency of the items, which all have the same one."""
    prices = (item.get("price") for item in items)
    return next((one["currency"] for one in prices if isinstance(one, dict) and one.get("currency")), None)
