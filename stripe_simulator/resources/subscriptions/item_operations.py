"""Subscription items by themselves; the same as changing `items` of their subscription."""

from ...errors import InvalidRequest, missing
from ...listing import paged, retrievable
from ...operations import Call, operation
from ...state.account import Object
from .discounts import announce_discounts
from .items import change_items
from .periods import begin_now, bill_now, items_of
from .renewals import plan_ahead

retrievable("subscription_items.retrieve", "subscription_item")


@operation("subscription_items.create")
def create(call: Call) -> Object:
    """Add an item."""
    subscription = call.account.get("subscription", call.params["subscription"], "subscription")
    _change(
        call, subscription, {name: value for name, value in call.params.items() if name != "subscription"}
    )
    return call.account.render(call.account.objects[subscription["_items"][-1]])


@operation("subscription_items.update")
def update(call: Call) -> Object:
    """Change the price or quantity of an item."""
    item = call.account.get("subscription_item", call.id)
    _change(call, call.account.objects[item["subscription"]], call.params | {"id": item["id"]})
    return call.account.render(item)


@operation("subscription_items.delete")
def delete(call: Call) -> Object:
    """Delete an item, except the last one: the subscription should be cancelled instead."""
    item = call.account.get("subscription_item", call.id)
    subscription = call.account.objects[item["subscription"]]
    if len(subscription["_items"]) == 1:
        raise InvalidRequest(
            "A subscription must have at least one active plan. Cancel the subscription instead."
        )
    _change(call, subscription, {"id": item["id"], "deleted": True})
    return {"id": item["id"], "object": "subscription_item", "deleted": True}


@operation("subscription_items.list")
def list_(call: Call) -> Object:
    """List the items of one subscription."""
    subscription = call.account.get("subscription", call.params["subscription"], "subscription")
    return paged(call, [call.account.objects[id] for id in subscription["_items"]])


def _change(call: Call, subscription: Object, change: Object) -> None:
    account = call.account
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise missing("subscription", subscription["id"], "subscription")
    with account.changing(subscription, "customer.subscription.updated"):
        anew = change_items(account, subscription, [change])
        begin_now(account, subscription, anew)
    announce_discounts(account, *items_of(account, subscription))
    if anew and subscription["status"] in ("active", "past_due"):
        bill_now(account, subscription, anew)
    plan_ahead(account, subscription)
