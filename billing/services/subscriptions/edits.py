"""What changed of a subscription besides its columns: whether it is paused, and its items by their prices."""

from collections.abc import Iterable

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


def _by_price(facts: SubscriptionFacts) -> dict[str, SubscriptionItemFacts]:
    return {item.price_id: item for item in facts.items}


def _differences(known: SubscriptionItemFacts, wanted: SubscriptionItemFacts) -> Iterable[str]:
    return (name for name in ("quantity", "metadata") if getattr(known, name) != getattr(wanted, name))
