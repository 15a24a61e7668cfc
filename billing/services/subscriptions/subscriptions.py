"""Creates, replaces and cancels subscriptions."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billing.errors import Code, Conflict, Invalid
from billing.events import Kind
from billing.facts import SubscriptionFacts
from billing.models import Customer, Subscription
from billing.models.subscriptions import SubscriptionStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.currencies import check_currency
from billing.services.subscriptions import edits, terms
from billing.services.subscriptions.items import check_items, read_items, write_items

CHANGEABLE = frozenset(field.name for field in dataclasses.fields(SubscriptionFacts)) - {
    "customer_id",
    "items",
}


@atomic
def create(*, environment_id: str, facts: SubscriptionFacts, origin: str | None = None) -> Subscription:
    """A new subscription with its items; raises Invalid."""
    facts = terms.new(facts) if origin is None else facts
    _check(environment_id, facts, origin)
    rows.referred(Customer, environment_id, facts.customer_id, field="customer_id", origin=origin)
    subscription = Subscription(environment_id=environment_id, **rows.values(facts, "items"))
    write_items(subscription, facts.items)
    rows.insert(subscription, Kind.SUBSCRIPTION, origin)
    return subscription


@atomic
def replace(
    *, environment_id: str, subscription_id: str, facts: SubscriptionFacts, origin: str | None = None
) -> Subscription:
    """The subscription, changed to match ``facts``, items included.

    Raises NotFound, Invalid or Conflict (it is cancelled).

    Cancelled is final: what a provider reports of it later, such as an item that was changed just before, is
    taken over, but does not revive it.
    """
    subscription = rows.locked(Subscription, environment_id, subscription_id)
    return _replace(subscription, facts, origin)


@atomic
def update(
    *, environment_id: str, subscription_id: str, changes: Mapping[str, Any], origin: str | None = None
) -> Subscription:
    """The subscription with ``changes`` (names as in SubscriptionFacts); raises as ``replace`` does."""
    subscription = rows.locked(Subscription, environment_id, subscription_id)
    unknown = changes.keys() - CHANGEABLE - {"customer_id", "items"}
    if unknown:
        raise Invalid.of(dict.fromkeys(sorted(unknown), "There is no such field."))
    return _replace(subscription, terms.changed(facts(subscription), changes), origin)


@atomic
def cancel(
    *,
    environment_id: str,
    subscription_id: str,
    at_period_end: bool,
    now: datetime,
    origin: str | None = None,
) -> Subscription:
    """The subscription, cancelled now or when its last period ends; cancelling twice changes nothing.

    Raises NotFound.
    """
    subscription = rows.locked(Subscription, environment_id, subscription_id)
    if subscription.status == SubscriptionStatus.CANCELLED:
        return subscription
    changes: dict[str, Any]
    if at_period_end:
        changes = {"cancel_at_period_end": True, "cancel_at": terms.last_end(facts(subscription))}
    else:
        changes = {
            "status": SubscriptionStatus.CANCELLED,
            "cancelled_at": now,
            "cancel_at_period_end": False,
        }
        if subscription.cancel_at_period_end:
            changes["cancel_at"] = None
    rows.save(subscription, rows.change(subscription, changes, allowed=CHANGEABLE), Kind.SUBSCRIPTION, origin)
    return subscription


def facts(subscription: Subscription) -> SubscriptionFacts:
    """What is known of the subscription, items in order."""
    return rows.read(SubscriptionFacts, subscription, items=read_items(subscription))


def _replace(subscription: Subscription, wanted: SubscriptionFacts, origin: str | None) -> Subscription:
    known = facts(subscription)
    is_cancelled = known.status == SubscriptionStatus.CANCELLED
    if is_cancelled and origin is not None:
        wanted = dataclasses.replace(wanted, status=known.status, cancelled_at=known.cancelled_at)
    if wanted == known:
        return subscription
    if is_cancelled and origin is None:
        raise Conflict(
            f"The subscription {subscription.pk} is cancelled and cannot be changed. Create a new one.",
            code=Code.SUBSCRIPTION_CANCELLED,
        )
    if wanted.customer_id != known.customer_id:
        raise Invalid.of({"customer_id": "A subscription cannot move to another customer."})
    _check(subscription.environment_id, wanted, origin)
    changed = rows.change(subscription, rows.values(wanted, "items", "customer_id"), allowed=CHANGEABLE)
    if wanted.items != known.items:
        write_items(subscription, wanted.items)
    # The provider's item with another price is the same one: what was changed of it here keeps its time.
    prices = edits.swapped(known, wanted) if origin is not None else {}
    subscription.changed_at = edits.under(prices, subscription.changed_at)
    rows.note_changed(subscription, edits.names(edits.with_prices(prices, known), wanted))
    rows.save(subscription, [*changed, "changed_at", "updated_at"], Kind.SUBSCRIPTION, origin)
    return subscription


def _check(environment_id: str, facts: SubscriptionFacts, origin: str | None) -> None:
    check_currency(facts.currency)
    terms.check_terms(facts)
    check_items(environment_id, facts, origin)
