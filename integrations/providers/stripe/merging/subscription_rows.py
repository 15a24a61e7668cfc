"""Which item of a subscription here is which at Stripe, and what Stripe's values make of its facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from billing.events import Kind
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from integrations.provider_api import Fields, Json, Place
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.subscription_fields import (
    NEW_ITEM,
    PAUSED,
    PERIOD_END,
    part_of,
)
from integrations.providers.stripe.translate.subscription_items import NEW, matched

Rows = list[tuple[str | None, SubscriptionItemFacts]]


def ids(place: Place, facts: SubscriptionFacts) -> list[str | None]:
    """The id of Stripe's item for each of ``facts``; a new one is named after its price here. See GONE."""
    prices = [stripe_price(place, item.price_id) for item in facts.items]
    now = place.held if place.now is None else place.now
    anew = _made_anew(place.held, now)
    held = {anew.get(item_id, item_id): price for item_id, price in _prices(place.held).items()}
    found = matched(prices, held | _former_prices(place.former), _prices(now))
    return [
        f"{NEW_ITEM}{item.price_id}" if item_id == NEW else item_id
        for item_id, item in zip(found, facts.items, strict=True)
    ]


def renamed(held: Json, now: Json) -> dict[str, str]:
    """Items that were removed at Stripe and added again there: by their price they are the same."""
    return {f"items.{former}": f"items.{item_id}" for former, item_id in _made_anew(held, now).items()}


def _made_anew(held: Json, now: Json) -> dict[str, str]:
    known, there = _prices(held), _prices(now)
    added = {price: item_id for item_id, price in there.items() if item_id not in known}
    return {one: added[price] for one, price in known.items() if one not in there and price in added}


def stripe_price(place: Place, price_id: str) -> str:
    """Stripe's id of the price, its id here where Stripe does not have it yet."""
    return place.provider_id_of(Kind.PRICE, price_id) or price_id


def _former_prices(former: Fields) -> dict[str, str]:
    """Of items that Stripe may have removed: whether it has for good is undecided."""
    items = ((name, value) for name, value in former.items() if value and part_of(name) == name)
    return {name.removeprefix("items."): value["price"] for name, value in items}


def _prices(params: Json) -> dict[str, str]:
    return {item["id"]: item["price"] for item in params.get("items", ())}


@dataclass(frozen=True)
class Received:
    """``facts`` of a subscription here, which gets ``values`` of Stripe's at a place."""

    place: Place
    facts: SubscriptionFacts
    values: Fields

    def result(self) -> SubscriptionFacts:
        """The facts with the values; what cannot be held here stays as it is."""
        changes: dict[str, Any] = {"metadata": _merged(self.facts.metadata, "metadata.", self.values)}
        changes["items"] = self._items() or self.facts.items
        if "cancel_at" in self.values:
            changes |= self._end(self.values["cancel_at"])
        if "trial_end" in self.values:
            changes["trial_end"] = _time(self.values["trial_end"])
        if "collection_method" in self.values:
            changes |= _collection(self.values["collection_method"])
        if "pause_collection" in self.values:
            changes["status"] = self._status(self.values["pause_collection"])
        return replace(self.facts, **changes)

    def _status(self, pause: Any) -> str:
        """What it is without the pause, Stripe says."""
        if pause == PAUSED:
            return PAUSED
        if self.facts.status != PAUSED:
            return self.facts.status
        now = self.place.held if self.place.now is None else self.place.now
        status = statuses.SUBSCRIPTION.get(now.get("status", ""), "active")
        return "active" if status == PAUSED else status

    def _end(self, value: Any) -> dict[str, Any]:
        if value != PERIOD_END:
            return {"cancel_at_period_end": False, "cancel_at": _time(value)}
        now = self.place.held if self.place.now is None else self.place.now
        return {"cancel_at_period_end": True, "cancel_at": _time(now.get("cancel_at"))}

    def _items(self) -> tuple[SubscriptionItemFacts, ...]:
        """Never none: the last item that is removed on both sides together stays here."""
        rows: Rows = list(zip(ids(self.place, self.facts), self.facts.items, strict=True))
        known = {item_id for item_id, _ in rows}
        rows = [(item_id, item) for item_id, item in rows if not self._is_removed(item_id)]
        items = [self._item(item_id, item) for item_id, item in rows]
        parts = dict.fromkeys(part for name in self.values if (part := part_of(name)))
        added = [part for part in parts if part.removeprefix("items.") not in known and self.values.get(part)]
        return (*items, *(item for part in added if (item := self._new(self.values[part]))))

    def _is_removed(self, item_id: str | None) -> bool:
        part = f"items.{item_id}"
        return bool(item_id) and part in self.values and self.values[part] is None

    def _item(self, item_id: str | None, item: SubscriptionItemFacts) -> SubscriptionItemFacts:
        part = f"items.{item_id}"
        given = {
            name.removeprefix(f"{part}."): value
            for name, value in self.values.items()
            if item_id and name.startswith(f"{part}.")
        }
        return self._with(item, {**(self.values.get(part) or {}), **given})

    def _new(self, values: Fields) -> SubscriptionItemFacts | None:
        price_id = self.place.entity_id_of(Kind.PRICE, values["price"])
        return self._with(SubscriptionItemFacts(price_id), values) if price_id else None

    def _with(self, item: SubscriptionItemFacts, values: Fields) -> SubscriptionItemFacts:
        found: dict[str, Any] = {}
        if "price" in values and (price_id := self.place.entity_id_of(Kind.PRICE, values["price"])):
            found["price_id"] = price_id
        if "quantity" in values:
            found["quantity"] = Decimal(1 if values["quantity"] is None else values["quantity"])
        return replace(item, **found, metadata=_merged(item.metadata, "metadata.", values))


def _merged(known: Mapping[str, str], prefix: str, values: Fields) -> dict[str, str]:
    given = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    own = metadata.custom({"metadata": {key: value or "" for key, value in given.items()}})
    merged = {**known, **{key: given[key] for key in own}}
    return {key: value for key, value in merged.items() if value is not None}


def _time(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _collection(value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {"collection_method": value}
    return {"days_until_due": None, **given}
