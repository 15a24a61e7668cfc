"""Subscriptions: Stripe's, in either dialect, to billing's facts (page "The Subscription object")."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.shapes import Json, id_of, listed, time_of


def price_id(item: Json) -> str:
    """Which of Stripe's prices an item is for; the oldest dialect says ``plan``."""
    return id_of(item.get("price") or item.get("plan"))


def items(subscription: Json) -> list[Json]:
    """All items; raises Untranslatable when Stripe did not send all of them."""
    if (subscription.get("items") or {}).get("has_more"):
        raise Untranslatable(f"{subscription['id']} has more items than Stripe's event carries.")
    return listed(subscription.get("items"))


def subscription_facts(
    subscription: Json, customer_id: str, prices: Mapping[str, str], at: datetime
) -> SubscriptionFacts:
    """What Stripe's subscription asserts; ``prices``: their price ids to ours, ``at``: when Stripe said so."""
    status = statuses.SUBSCRIPTION[subscription["status"]]
    if subscription.get("pause_collection") and status in ("active", "trialing", "past_due", "unpaid"):
        # Page "Pause payment collection": the status stays what it is, but nothing is collected.
        status = "paused"
    ended = time_of(subscription.get("ended_at")) or time_of(subscription.get("canceled_at")) or at
    return SubscriptionFacts(
        customer_id=customer_id,
        currency=str(subscription["currency"]).upper(),
        items=tuple(_item(item, subscription, prices) for item in items(subscription)),
        status=status,
        start_at=time_of(subscription.get("start_date")),
        billing_anchor=time_of(subscription.get("billing_cycle_anchor")),
        trial_start=time_of(subscription.get("trial_start")),
        trial_end=time_of(subscription.get("trial_end")),
        cancel_at=time_of(subscription.get("cancel_at")),
        cancel_at_period_end=bool(subscription.get("cancel_at_period_end")),
        # Stripe's canceled_at is also set while a cancellation only waits for the end of the period.
        cancelled_at=ended if status == "cancelled" else None,
        metadata=metadata.not_ours(subscription),
    )


def _item(item: Json, subscription: Json, prices: Mapping[str, str]) -> SubscriptionItemFacts:
    # Since 2025-03-31 each item has its own period; before, the subscription had one for all.
    start = item.get("current_period_start") or subscription.get("current_period_start")
    end = item.get("current_period_end") or subscription.get("current_period_end")
    quantity = item.get("quantity")
    return SubscriptionItemFacts(
        price_id=prices[price_id(item)],
        quantity=Decimal(1 if quantity is None else quantity),
        current_period_start=time_of(start),
        current_period_end=time_of(end),
        metadata=metadata.not_ours(item),
    )
