"""Subscriptions: billing's facts to Stripe's parameters (pages "Create a subscription" and "Update a subscription")."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.facts import SubscriptionFacts
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.shapes import Json, seconds_of

# Page "Pause payment collection": invoices made meanwhile are voided, so that the pause is not paid for later.
PAUSE = {"behavior": "void"}
# Nothing that was agreed here is turned into other amounts there (page "Prorations").
NO_PRORATION = {"proration_behavior": "none"}


def wanted(
    facts: SubscriptionFacts, subscription_id: str, prices: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """What Stripe's subscription should say; ``prices``: our price ids to theirs. Raises Untranslatable."""
    ours = {
        metadata.SUBSCRIPTION_ID: subscription_id,
        metadata.CUSTOMER_ID: facts.customer_id,
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return {
        "items": _items(facts, subscription_id, prices),
        "cancel_at_period_end": facts.cancel_at_period_end,
        "cancel_at": "" if facts.cancel_at_period_end else _ahead(facts.cancel_at, now),
        "pause_collection": dict(PAUSE) if facts.status == "paused" else "",
        "trial_end": _ahead(facts.trial_end, now),
        "metadata": metadata.merged(ours, facts.metadata),
    }


def create_params(facts: SubscriptionFacts, wanted: Json, customer: str, now: datetime) -> dict[str, Any]:
    """The parameters of POST /v1/subscriptions.

    What was paid for here is not charged again: without a trial, Stripe's first period begins, and is billed, when the
    present one ends (page "Set the subscription billing cycle date"; without prorations the time until then is free).
    """
    said = {
        name: wanted[name]
        for name in ("items", "cancel_at_period_end", "cancel_at", "trial_end", "metadata")
        if wanted[name]
    }
    anchor = None if wanted["trial_end"] else _first_bill(facts, now)
    return {
        "customer": customer,
        "currency": facts.currency.lower(),
        # A first payment that fails leaves it incomplete, to be paid on its invoice's page; nobody is there to be asked.
        "payment_behavior": "allow_incomplete",
        "off_session": True,
        **NO_PRORATION,
        **({"billing_cycle_anchor": seconds_of(anchor)} if anchor else {}),
        **said,
    }


def current_params(subscription: Json, names: Mapping[str, str]) -> dict[str, Any]:
    """What Stripe's subscription says, in the shape of ``wanted``; ``names``: which metadata counts.

    Each item comes with its id, and ``status`` is Stripe's own.
    """
    known = metadata.of(subscription)
    pause = subscription.get("pause_collection")
    at_period_end = bool(subscription.get("cancel_at_period_end"))
    items = (subscription.get("items") or {}).get("data") or []
    return {
        "status": subscription.get("status") or "",
        "items": [_current_item(item) for item in items],
        "cancel_at_period_end": at_period_end,
        "cancel_at": "" if at_period_end else subscription.get("cancel_at") or "",
        "pause_collection": {"behavior": pause["behavior"]} if pause else "",
        "trial_end": subscription.get("trial_end") or "",
        "metadata": {name: known[name] for name in names if name in known},
    }


def planned(wanted: Json) -> dict[str, Any]:
    """What a new subscription would say, for a plan: all that can be said when it is made."""
    items = [{"id": f"<id of item {index + 1}>", **item} for index, item in enumerate(wanted["items"])]
    return {**wanted, "items": items, "status": "", "pause_collection": ""}


def changes(held: Json, wanted: Json, now: datetime) -> dict[str, Any]:
    """The parameters of POST /v1/subscriptions/{id} that lead from ``held`` to ``wanted``, metadata left out."""
    found: dict[str, Any] = {}
    items = item_changes(held["items"], wanted["items"])
    if items:
        found["items"] = items
    found |= _end(held, wanted)
    if held["pause_collection"] != wanted["pause_collection"] and held["status"] != "paused":
        found["pause_collection"] = wanted["pause_collection"]
    if wanted["trial_end"] and wanted["trial_end"] != held["trial_end"]:
        found["trial_end"] = wanted["trial_end"]
    elif not wanted["trial_end"] and (held["trial_end"] or 0) > seconds_of(now):
        found["trial_end"] = "now"
    return found


def item_changes(held: list[Json], wanted: list[Json]) -> list[dict[str, Any]]:
    """How Stripe's items become ours: by price first, and what is left changes its price and keeps its id."""
    left = {item["price"]: item for item in held}
    found, new = [], []
    for item in wanted:
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
    price = item.get("price") or item.get("plan") or {}
    return {"id": item["id"], "price": price["id"], "quantity": item.get("quantity")}


def _end(held: Json, wanted: Json) -> dict[str, Any]:
    """Stripe takes one of the two ways to end at a time; the other is taken back first."""
    if wanted["cancel_at_period_end"]:
        return {} if held["cancel_at_period_end"] else {"cancel_at_period_end": True}
    if held["cancel_at_period_end"]:
        return {"cancel_at_period_end": False}
    return {} if held["cancel_at"] == wanted["cancel_at"] else {"cancel_at": wanted["cancel_at"]}


def _items(facts: SubscriptionFacts, subscription_id: str, prices: Mapping[str, str]) -> list[dict[str, Any]]:
    found = [
        {"price": prices[item.price_id], "quantity": _whole(item.quantity, subscription_id)}
        for item in facts.items
    ]
    if len({item["price"] for item in found}) < len(found):
        raise Untranslatable(
            f"{subscription_id} has a price in two items, and Stripe takes each price once: put their quantities"
            " together in one item."
        )
    return found


def _whole(quantity: Decimal, subscription_id: str) -> int:
    if quantity != quantity.to_integral_value():
        raise Untranslatable(
            f"{subscription_id} has a quantity of {quantity:f}, and Stripe's subscriptions take whole ones."
        )
    return int(quantity)


def _ahead(time: datetime | None, now: datetime) -> int | str:
    """A time to come in Stripe's seconds, "" for one that has passed or is not set."""
    return seconds_of(time) if time and time > now else ""


def _first_bill(facts: SubscriptionFacts, now: datetime) -> datetime | None:
    """When Stripe is to bill for the first time, None for at once: nothing has been billed here that still runs."""
    ends = [item.current_period_end for item in facts.items]
    ahead = [time for time in (*ends, facts.billing_anchor, facts.start_at) if time and time > now]
    return min(ahead, default=None)
