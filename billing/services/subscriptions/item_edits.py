"""Adds, changes and removes one item of a subscription, and leaves the others as they are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from billing.errors import Conflict, NotFound
from billing.facts import SubscriptionItemFacts
from billing.metadata_changes import applied
from billing.models import Subscription
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.subscriptions import subscriptions
from billing.services.subscriptions.items import check_number, read_items

Items = tuple[SubscriptionItemFacts, ...]


@atomic
def add(*, environment_id: str, subscription_id: str, item: SubscriptionItemFacts) -> Subscription:
    """The subscription with one more item, the last; raises as ``subscriptions.update`` does."""
    items = read_items(rows.locked(Subscription, environment_id, subscription_id))
    check_number(len(items) + 1)
    return _update(environment_id, subscription_id, (*items, item))


@atomic
def change(
    *, environment_id: str, subscription_id: str, item_id: str, changes: Mapping[str, Any]
) -> Subscription:
    """The subscription with ``changes`` of one item (names as in SubscriptionItemFacts); raises as
    ``subscriptions.update`` does.
    """
    items, index = _found(environment_id, subscription_id, item_id)
    changed = replace(items[index], **applied(changes, items[index]))
    return _update(environment_id, subscription_id, (*items[:index], changed, *items[index + 1 :]))


@atomic
def remove(*, environment_id: str, subscription_id: str, item_id: str) -> Subscription:
    """The subscription without that item; raises as ``subscriptions.update``, and Conflict for the last."""
    items, index = _found(environment_id, subscription_id, item_id)
    if len(items) == 1:
        raise Conflict(
            "A subscription needs at least one item. Add another first, or cancel the subscription."
        )
    return _update(environment_id, subscription_id, (*items[:index], *items[index + 1 :]))


def _found(environment_id: str, subscription_id: str, item_id: str) -> tuple[Items, int]:
    """The items, which stay until the transaction ends, and where that one is among them."""
    subscription = rows.locked(Subscription, environment_id, subscription_id)
    ids = [item.pk for item in subscription.items.all()]
    if item_id not in ids:
        raise NotFound(f"The subscription {subscription_id} has no item {item_id}.")
    return read_items(subscription), ids.index(item_id)


def _update(environment_id: str, subscription_id: str, items: Items) -> Subscription:
    return subscriptions.update(
        environment_id=environment_id, subscription_id=subscription_id, changes={"items": items}
    )
