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


def currency(subscription: Json) -> str:
    """What it is charged in."""
    return read_currency(subscription)


def has_more(subscription: Json) -> bool:
    """Whether Stripe sent only the first of the items (page "Pagination")."""
    return bool(read_object(subscription, "items").get("has_more"))


def all_items(page: Json) -> list[Json]:
    """All items of a page; raises Untranslatable when there are more."""
    if page.get("has_more"):
        raise Untranslatable("The subscription has more than 100 items, which FlexSync does not support.")
    return read_objects(page, "data")


def subscription_facts(
    subscription: Json, customer_id: str, price_ids: Mapping[str, str], at: datetime
) -> SubscriptionFacts:
    """What Stripe's subscription says at ``at``; ``price_ids``: the ids of prices here by Stripe's."""
    status = status_of(subscription)
    return SubscriptionFacts(
        customer_id=customer_id,
        currency=read_currency(subscription),
        items=tuple(_item(item, price_ids) for item in items(subscription)),
        status=status,
        collection_method=_collection(subscription),
        days_until_due=_days_until_due(subscription),
        start_at=read_time(subscription, "start_date"),
        billing_anchor=read_time(subscription, "billing_cycle_anchor"),
        trial_start=read_time(subscription, "trial_start"),
        trial_end=read_time(subscription, "trial_end"),
        cancel_at=read_time(subscription, "cancel_at"),
        cancel_at_period_end=bool(subscription.get("cancel_at_period_end")),
        cancelled_at=_ended(subscription, at) if status == "cancelled" else None,
        metadata=metadata.custom(subscription),
    )


def followed(
    known: SubscriptionFacts, subscription: Json, ids: Sequence[str | None], at: datetime
) -> SubscriptionFacts:
    """``known`` with what Stripe alone decides ``at`` that time: the status, and the periods of its items.

    ``ids``: of Stripe's items, for each of ``known``. What both sides edit stays: it is merged.
    """
    status = read_member(subscription, "status", statuses.SUBSCRIPTION)
    is_paused = "paused" in (known.status, status) and status != "cancelled"
    there = {read_id(item, "id") or price_id(item): item for item in items(subscription)}
    return replace(
        known,
        currency=read_currency(subscription),
        status=known.status if is_paused else status,
        start_at=read_time(subscription, "start_date"),
        billing_anchor=read_time(subscription, "billing_cycle_anchor"),
        trial_start=read_time(subscription, "trial_start"),
        cancel_at=_end(known, subscription),
        cancelled_at=_ended(subscription, at) if status == "cancelled" else None,
        items=tuple(
            _in_period(item, there.get(item_id or "")) for item, item_id in zip(known.items, ids, strict=True)
        ),
    )


def status_of(subscription: Json) -> str:
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


def _end(known: SubscriptionFacts, subscription: Json) -> datetime | None:
    """The end of the period is Stripe's to say, where it is to end then on both sides."""
    is_common = known.cancel_at_period_end and subscription.get("cancel_at_period_end")
    return read_time(subscription, "cancel_at") if is_common else known.cancel_at


def _ended(subscription: Json, at: datetime) -> datetime:
    """Its canceled_at is also set while a cancellation only waits for the end of the period."""
    return read_time(subscription, "ended_at") or read_time(subscription, "canceled_at") or at


def _in_period(item: SubscriptionItemFacts, at_stripe: Json | None) -> SubscriptionItemFacts:
    if at_stripe is None:
        return item
    return replace(
        item,
        current_period_start=read_time(at_stripe, "current_period_start"),
        current_period_end=read_time(at_stripe, "current_period_end"),
    )


def _item(item: Json, price_ids: Mapping[str, str]) -> SubscriptionItemFacts:
    return SubscriptionItemFacts(
        price_id=price_ids[price_id(item)],
        quantity=read_quantity(item),
        current_period_start=read_time(item, "current_period_start"),
        current_period_end=read_time(item, "current_period_end"),
        metadata=metadata.custom(item),
    )
