"""What changed of a subscription besides its columns: whether it is paused, and its items by their prices."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models.subscriptions import SubscriptionStatus


def names(known: SubscriptionFacts, wanted: SubscriptionFacts) -> list[str]:
    """Their names in ``changed_at``: "paused", "items.price_1" (added, removed), "items.price_1.quantity"."""
    before, after = _by_price(known), _by_price(wanted)
    found = [f"items.{price}" for price in before.keys() ^ after.keys()]
    for price in before.keys() & after.keys():
        found += [f"items.{price}.{name}" for name in _differences(before[price], after[price])]
    is_paused = [facts.status == SubscriptionStatus.PAUSED for facts in (known, wanted)]
    return [*found, *(["paused"] if is_paused[0] != is_paused[1] else [])]


def swapped(known: SubscriptionFacts, wanted: SubscriptionFacts) -> dict[str, str]:
    """The new price by the former one, of items that go on with another, in their order."""
    before, after = _by_price(known), _by_price(wanted)
    gone, new = (
        (price for price in before if price not in after),
        (price for price in after if price not in before),
    )
    return dict(zip(gone, new, strict=False))


def under(prices: Mapping[str, str], changed_at: Mapping[str, str]) -> dict[str, str]:
    """The times, under the new prices of the items."""
    found = {}
    for name, time in changed_at.items():
        first, *rest = name.split(".", 2)
        if first == "items" and rest and rest[0] in prices:
            name = ".".join([first, prices[rest[0]], *rest[1:]])
        found[name] = time
    return found


def with_prices(prices: Mapping[str, str], known: SubscriptionFacts) -> SubscriptionFacts:
    """The facts, with the new prices of the items."""
    items = (replace(item, price_id=prices.get(item.price_id, item.price_id)) for item in known.items)
    return replace(known, items=tuple(items))


def _by_price(facts: SubscriptionFacts) -> dict[str, SubscriptionItemFacts]:
    return {item.price_id: item for item in facts.items}


def _differences(known: SubscriptionItemFacts, wanted: SubscriptionItemFacts) -> Iterable[str]:
    return (name for name in ("quantity", "metadata") if getattr(known, name) != getattr(wanted, name))
