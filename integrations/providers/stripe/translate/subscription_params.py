"""Subscriptions: billing's facts to Stripe's parameters, and Stripe's subscription by the same names.

Pages "Create/Update a subscription".
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from integrations.providers.stripe.translate import metadata, statuses
from integrations.providers.stripe.translate.errors import Untranslatable
from integrations.providers.stripe.translate.fields import (
    Json,
    read_id,
    read_list,
    read_member,
    read_object,
    read_quantity,
    read_time,
    read_whole,
    seconds_of,
)

# Page "Pause payment collection": invoices of the pause are voided, so that it is not paid for later.
PAUSE = {"behavior": "void"}
# Stripe's default for how the invoices are collected.
CHARGED = "charge_automatically"
# Stripe must not turn what was agreed here into other amounts (page "Prorations").
NO_PRORATION = {"proration_behavior": "none"}


def desired_params(
    facts: SubscriptionFacts, subscription_id: str, prices: Mapping[str, str]
) -> dict[str, Any]:
    """What Stripe's subscription should be; ``prices``: Stripe's ids by those here."""
    reserved = {
        metadata.SUBSCRIPTION_ID: subscription_id,
        metadata.CUSTOMER_ID: facts.customer_id,
        **metadata.SOURCE_IS_FLEXSYNC,
    }
    return {
        "items": [_item(item, prices[item.price_id]) for item in facts.items],
        "collection_method": facts.collection_method,
        "days_until_due": facts.days_until_due,
        "cancel_at_period_end": facts.cancel_at_period_end,
        "cancel_at": _seconds(facts.cancel_at),
        "pause_collection": dict(PAUSE) if facts.status == "paused" else "",
        "trial_end": _seconds(facts.trial_end),
        "metadata": {**metadata.custom({"metadata": facts.metadata}), **reserved},
    }


def refuse_untranslatable(desired: Json, subscription_id: str) -> None:
    """Raises Untranslatable for what Stripe cannot hold."""
    if len({item["price"] for item in desired["items"]}) < len(desired["items"]):
        raise Untranslatable(
            f"{subscription_id} has a price in two items, but Stripe takes each price only once: combine them in one"
            " item."
        )
    for item in desired["items"]:
        if not isinstance(item["quantity"], int):
            raise Untranslatable(
                f"{subscription_id} has a quantity of {item['quantity']}, but Stripe's subscriptions take whole quantities"
                " only."
            )
        metadata.merged({}, item["metadata"])
    metadata.merged(desired["metadata"])


def create_params(facts: SubscriptionFacts, desired: Json, customer: str, now: datetime) -> dict[str, Any]:
    """The parameters of POST /v1/subscriptions.

    Without a trial, Stripe's first period begins, and is billed, when the period that was paid for here ends
    (page "Set the subscription billing cycle date"; without prorations the time until then is free).
    """
    times = ("trial_end",) if desired["cancel_at_period_end"] else ("trial_end", "cancel_at")
    ahead = {name: desired[name] for name in times if is_ahead(desired[name], now)}
    anchor = None if "trial_end" in ahead else _first_bill(facts, now)
    collection = {name: desired[name] for name in ("collection_method", "days_until_due")}
    return {
        "customer": customer,
        "currency": facts.currency.lower(),
        # After a failed first payment it stays incomplete, to be paid on its invoice's page.
        "payment_behavior": "allow_incomplete",
        "off_session": True,
        **NO_PRORATION,
        **({"billing_cycle_anchor": seconds_of(anchor)} if anchor else {}),
        "items": [{name: value for name, value in item.items() if value != {}} for item in desired["items"]],
        **ahead,
        **({"cancel_at_period_end": True} if desired["cancel_at_period_end"] else {}),
        **(collection if desired["collection_method"] != CHARGED else {}),
        "metadata": desired["metadata"],
    }


def current_params(subscription: Json) -> dict[str, Any]:
    """Stripe's subscription by the same names; each item with its id, and ``status`` is Stripe's own."""
    pause = read_object(subscription, "pause_collection")
    days = subscription.get("days_until_due")
    return {
        "status": read_member(subscription, "status", {name: name for name in statuses.SUBSCRIPTION}),
        "items": [_current_item(item) for item in read_list(subscription, "items")],
        "collection_method": read_member(subscription, "collection_method", statuses.COLLECTION, CHARGED),
        "days_until_due": None if days is None else read_whole(subscription, "days_until_due"),
        "cancel_at_period_end": bool(subscription.get("cancel_at_period_end")),
        "cancel_at": _seconds(read_time(subscription, "cancel_at")),
        "pause_collection": {"behavior": pause["behavior"]} if pause else "",
        "trial_end": _seconds(read_time(subscription, "trial_end")),
        "metadata": metadata.of(subscription),
    }


def made(params: Json, current: Json) -> dict[str, Any]:
    """The same of one that was just made with these parameters, and has ``current`` by now."""
    ids = {item["price"]: item["id"] for item in current["items"]}
    items = [
        {"metadata": {}, **item, "id": ids.get(item["price"], item["price"])} for item in params["items"]
    ]
    empty = {"collection_method": CHARGED, "days_until_due": None, "cancel_at_period_end": False}
    times = dict.fromkeys(("cancel_at", "trial_end", "pause_collection"), "")
    given = {name: params[name] for name in (*empty, *times) if name in params}
    return {**current, **empty, **times, **given, "items": items, "metadata": params["metadata"]}


def planned(desired: Json) -> dict[str, Any]:
    """The current values of a subscription that a dry run would make."""
    items = [{"id": f"<id of item {index + 1}>", **item} for index, item in enumerate(desired["items"])]
    return {**desired, "items": items, "status": "", "pause_collection": ""}


def is_ahead(seconds: Any, now: datetime) -> bool:
    """Whether a time that may not be set is yet to come."""
    return isinstance(seconds, int) and seconds > seconds_of(now)


def _item(item: SubscriptionItemFacts, price: str) -> dict[str, Any]:
    custom = metadata.custom({"metadata": item.metadata})
    return {"price": price, "quantity": _number(item.quantity), "metadata": custom}


def _current_item(item: Json) -> dict[str, Any]:
    is_metered = item.get("quantity") is None and item.get("quantity_decimal") is None
    return {
        # One that stood for a plan alone has no id (translate/older_spellings).
        "id": read_id(item, "id") or read_id(item, "price"),
        "price": read_id(item, "price"),
        "quantity": None if is_metered else _number(read_quantity(item)),
        "metadata": metadata.custom(item),
    }


def _number(quantity: Decimal) -> int | str:
    """A whole number as Stripe shows it, another one as text."""
    return int(quantity) if quantity == quantity.to_integral_value() else f"{quantity.normalize():f}"


def _seconds(time: datetime | None) -> int | str:
    return seconds_of(time) if time else ""


def _first_bill(facts: SubscriptionFacts, now: datetime) -> datetime | None:
    """When Stripe bills for the first time: when the billed period ends, None for at once."""
    ends = [item.current_period_end for item in facts.items]
    ahead = [time for time in (*ends, facts.billing_anchor, facts.start_at) if time and time > now]
    return min(ahead, default=None)
