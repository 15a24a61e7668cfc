"""Subscriptions: billing's facts to Stripe's parameters (pages "Create/Update a subscription")."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.facts import SubscriptionFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import Json, seconds_of

# Page "Pause payment collection": invoices of the pause are voided, so that it is not paid for later.
PAUSE = {"behavior": "void"}
# Stripe's default for how the invoices are collected.
CHARGED = "charge_automatically"
# Stripe must not turn what was agreed here into other amounts (page "Prorations").
NO_PRORATION = {"proration_behavior": "none"}


def desired_params(
    facts: SubscriptionFacts, subscription_id: str, prices: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """What Stripe's subscription should be; ``prices``: Stripe's ids by those here; raises Untranslatable."""
    reserved = {
        metadata.SUBSCRIPTION_ID: subscription_id,
        metadata.CUSTOMER_ID: facts.customer_id,
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return {
        "items": _items(facts, subscription_id, prices),
        "collection_method": facts.collection_method,
        "days_until_due": facts.days_until_due,
        "cancel_at_period_end": facts.cancel_at_period_end,
        "cancel_at": "" if facts.cancel_at_period_end else _ahead(facts.cancel_at, now),
        "pause_collection": dict(PAUSE) if facts.status == "paused" else "",
        "trial_end": _ahead(facts.trial_end, now),
        "metadata": metadata.merged(reserved, facts.metadata),
    }


def create_params(facts: SubscriptionFacts, desired: Json, customer: str, now: datetime) -> dict[str, Any]:
    """The parameters of POST /v1/subscriptions.

    Without a trial, Stripe's first period begins, and is billed, when the period that was paid for here ends
    (page "Set the subscription billing cycle date"; without prorations the time until then is free).
    """
    params = {
        name: desired[name]
        for name in ("items", "cancel_at_period_end", "cancel_at", "trial_end", "metadata")
        if desired[name]
    }
    if desired["collection_method"] != CHARGED:
        params |= _collection({}, desired)
    anchor = None if desired["trial_end"] else _first_bill(facts, now)
    return {
        "customer": customer,
        "currency": facts.currency.lower(),
        # After a failed first payment it stays incomplete, to be paid on its invoice's page.
        "payment_behavior": "allow_incomplete",
        "off_session": True,
        **NO_PRORATION,
        **({"billing_cycle_anchor": seconds_of(anchor)} if anchor else {}),
        **params,
    }


def current_params(subscription: Json, desired: Json) -> dict[str, Any]:
    """Stripe's subscription with the fields of ``desired``, and the metadata keys that it has.

    Each item comes with its id, and ``status`` is Stripe's own.
    """
    known, names = metadata.of(subscription), desired.get("metadata") or {}
    pause = subscription.get("pause_collection")
    at_period_end = bool(subscription.get("cancel_at_period_end"))
    items = (subscription.get("items") or {}).get("data") or []
    return {
        "status": subscription.get("status") or "",
        "items": [_current_item(item) for item in items],
        "collection_method": subscription.get("collection_method") or CHARGED,
        "days_until_due": subscription.get("days_until_due"),
        "cancel_at_period_end": at_period_end,
        "cancel_at": "" if at_period_end else subscription.get("cancel_at") or "",
        "pause_collection": {"behavior": pause["behavior"]} if pause else "",
        "trial_end": subscription.get("trial_end") or "",
        "metadata": {name: known[name] for name in names if name in known},
    }


def planned(desired: Json) -> dict[str, Any]:
    """The current values of a subscription that a dry run would make."""
    items = [{"id": f"<id of item {index + 1}>", **item} for index, item in enumerate(desired["items"])]
    return {**desired, "items": items, "status": "", "pause_collection": ""}


def changes(current: Json, desired: Json, now: datetime) -> dict[str, Any]:
    """The parameters of POST /v1/subscriptions/{id} from ``current`` to ``desired``, without metadata."""
    found: dict[str, Any] = {}
    items = item_changes(current["items"], desired["items"])
    if items:
        found["items"] = items
    found |= _collection(current, desired) | _end(current, desired)
    if current["pause_collection"] != desired["pause_collection"] and current["status"] != "paused":
        found["pause_collection"] = desired["pause_collection"]
    if desired["trial_end"] and desired["trial_end"] != current["trial_end"]:
        found["trial_end"] = desired["trial_end"]
    elif not desired["trial_end"] and (current["trial_end"] or 0) > seconds_of(now):
        found["trial_end"] = "now"
    return found


def item_changes(current: list[Json], desired: list[Json]) -> list[dict[str, Any]]:
    """How Stripe's items become the desired ones: by price; the rest change their price and keep their id."""
    left = {item["price"]: item for item in current}
    found, new = [], []
    for item in desired:
        same = left.pop(item["price"], None)
        if same is None:
            new.append(item)
        elif item.get("quantity", same.get("quantity")) != same.get("quantity"):
            found.append({"id": same["id"], "quantity": item["quantity"]})
    spare = list(left.values())
    found += [{"id": old["id"], **item} for old, item in zip(spare, new, strict=False)]
    found += [dict(item) for item in new[len(spare) :]]
    return found + [{"id": old["id"], "deleted": True} for old in spare[len(new) :]]


def _current_item(item: Json) -> dict[str, Any]:
    return {"id": item["id"], "price": item["price"]["id"], "quantity": item.get("quantity")}


def _collection(current: Json, desired: Json) -> dict[str, Any]:
    """Stripe refuses days where it charges, and forgets them itself when it comes to charge."""
    found = {name: desired[name] for name in ("collection_method", "days_until_due")}
    return {name: value for name, value in found.items() if value is not None and current.get(name) != value}


def _end(current: Json, desired: Json) -> dict[str, Any]:
    """Stripe takes one of the two ways to end at a time: the other has to be undone first."""
    if desired["cancel_at_period_end"]:
        return {} if current["cancel_at_period_end"] else {"cancel_at_period_end": True}
    if current["cancel_at_period_end"]:
        return {"cancel_at_period_end": False}
    return {} if current["cancel_at"] == desired["cancel_at"] else {"cancel_at": desired["cancel_at"]}


def _items(facts: SubscriptionFacts, subscription_id: str, prices: Mapping[str, str]) -> list[dict[str, Any]]:
    found = [
        {"price": prices[item.price_id], "quantity": _whole(item.quantity, subscription_id)}
        for item in facts.items
    ]
    if len({item["price"] for item in found}) < len(found):
        raise Untranslatable(
            f"{subscription_id} has a price in two items, but Stripe takes each price only once: combine them in one"
            " item."
        )
    return found


def _whole(quantity: Decimal, subscription_id: str) -> int:
    if quantity != quantity.to_integral_value():
        raise Untranslatable(
            f"{subscription_id} has a quantity of {quantity:f}, but Stripe's subscriptions take whole quantities only."
        )
    return int(quantity)


def _ahead(time: datetime | None, now: datetime) -> int | str:
    """A time to come in Stripe's seconds, "" for one that has passed or is not set."""
    return seconds_of(time) if time and time > now else ""


def _first_bill(facts: SubscriptionFacts, now: datetime) -> datetime | None:
    """When Stripe bills for the first time: when the billed period ends, None for at once."""
    ends = [item.current_period_end for item in facts.items]
    ahead = [time for time in (*ends, facts.billing_anchor, facts.start_at) if time and time > now]
    return min(ahead, default=None)
