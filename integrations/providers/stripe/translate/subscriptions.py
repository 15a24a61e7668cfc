"""Subscriptions: Stripe's to billing's facts (page "The Subscription object")."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.amounts import read_currency
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import (
    Json,
    read_id,
    read_list,
    read_member,
    read_object,
    read_objects,
    read_quantity,
    read_time,
    read_whole,
)


def price(item: Json) -> Json:
    """Stripe's price of an item, whole."""
    return read_object(item, "price")


def price_id(item: Json) -> str:
    """The id of that price."""
    return read_id(item, "price")


def items(subscription: Json) -> list[Json]:
    """The items that Stripe sent."""
    return read_list(subscription, "items")


def has_more(subscription: Json) -> bool:
    """Whether Stripe sent only the first of the items (page "Pagination")."""
    return bool(read_object(subscription, "items").get("has_more"))


def all_items(page: Json) -> list[Json]:
    """All items of a page; raises Untranslatable when there are more."""
    if page.get("has_more"):
        raise Untranslatable("The subscription has more than 100 items, which FlexSync does not support.")
    return read_objects(page, "data")


def subscription_facts(
    subscription: Json, items: Sequence[Json], customer_id: str, price_ids: Mapping[str, str], at: datetime
) -> SubscriptionFacts:
    """What Stripe's subscription says at ``at``; ``price_ids``: the ids of prices here by Stripe's."""
    status = _status(subscription)
    ended = read_time(subscription, "ended_at") or read_time(subscription, "canceled_at") or at
    return SubscriptionFacts(
        customer_id=customer_id,
        currency=read_currency(subscription),
        items=tuple(_item(item, price_ids) for item in items),
        status=status,
        collection_method=_collection(subscription),
        days_until_due=_days_until_due(subscription),
        start_at=read_time(subscription, "start_date"),
        billing_anchor=read_time(subscription, "billing_cycle_anchor"),
        trial_start=read_time(subscription, "trial_start"),
        trial_end=read_time(subscription, "trial_end"),
        cancel_at=read_time(subscription, "cancel_at"),
        cancel_at_period_end=bool(subscription.get("cancel_at_period_end")),
        # Stripe's canceled_at is also set while a cancellation only waits for the end of the period.
        cancelled_at=ended if status == "cancelled" else None,
        metadata=metadata.custom(subscription),
    )


def followed(known: SubscriptionFacts, at_stripe: SubscriptionFacts) -> SubscriptionFacts:
    """``known`` with what Stripe decides: the status, and the periods of its items.

    What was agreed here (prices, quantities, its end, a pause) stays: the latest may not be at Stripe yet.
    """
    periods = {item.price_id: item for item in at_stripe.items}
    pausing = "paused" in (known.status, at_stripe.status) and at_stripe.status != "cancelled"
    return replace(
        known,
        status=known.status if pausing else at_stripe.status,
        start_at=at_stripe.start_at,
        billing_anchor=at_stripe.billing_anchor,
        trial_start=at_stripe.trial_start,
        cancelled_at=at_stripe.cancelled_at,
        items=tuple(_in_period(item, periods.get(item.price_id, item)) for item in known.items),
    )


def _status(subscription: Json) -> str:
    """Page "Pause payment collection": the status does not show such a pause, which is a status here."""
    status = read_member(subscription, "status", statuses.SUBSCRIPTION)
    pause = read_object(subscription, "pause_collection")
    if (
        not pause
        or not read_member(pause, "behavior", statuses.PAUSE)
        or status in ("incomplete", "cancelled")
    ):
        return status
    return "paused"


def _collection(subscription: Json) -> str:
    return read_member(subscription, "collection_method", statuses.COLLECTION, "charge_automatically")


def _days_until_due(subscription: Json) -> int | None:
    """Null where it is charged (page "The Subscription object"); Untranslatable where it is missing."""
    is_sent = _collection(subscription) == "send_invoice"
    return read_whole(subscription, "days_until_due") if is_sent else None


def _in_period(item: SubscriptionItemFacts, at_stripe: SubscriptionItemFacts) -> SubscriptionItemFacts:
    return replace(
        item,
        current_period_start=at_stripe.current_period_start,
        current_period_end=at_stripe.current_period_end,
    )


def _item(item: Json, price_ids: Mapping[str, str]) -> SubscriptionItemFacts:
    return SubscriptionItemFacts(
        price_id=price_ids[price_id(item)],
        quantity=read_quantity(item),
        current_period_start=read_time(item, "current_period_start"),
        current_period_end=read_time(item, "current_period_end"),
        metadata=metadata.custom(item),
    )
