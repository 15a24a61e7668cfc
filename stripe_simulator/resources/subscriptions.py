"""Subscriptions: created and listed. Source: Stripe docs, "How subscriptions work"."""

from ..account import COMPOSERS, Account, Object
from ..errors import InvalidRequest
from ..listing import list_object, page, retrievable
from ..operations import Call, operation
from .subscription_cancellation import set_cancel_at
from .subscription_items import new_items
from .subscription_renewals import plan_ahead
from .subscription_shape import new_subscription
from .subscription_start import check_can_start, initial_status, start

retrievable("subscriptions.retrieve", "subscription")


@operation("subscriptions.create")
def create(call: Call) -> Object:
    """Active once its first invoice is paid, or trialing."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    if not params.get("items"):
        raise InvalidRequest("Missing required param: items.", code="parameter_missing", param="items")
    customer = account.get("customer", params["customer"], "customer")
    subscription = new_subscription(account, customer, params)
    items = new_items(account, subscription, params["items"])
    subscription["currency"] = items[0]["price"]["currency"]
    check_can_start(account, subscription, items, params)
    subscription["status"] = initial_status(account, subscription, items)
    account.add(subscription)
    subscription["_items"] = [account.add(item)["id"] for item in items]
    set_cancel_at(account, subscription, params)
    account.emit("customer.subscription.created", subscription)
    start(account, subscription, items, params)
    plan_ahead(account, subscription)
    return account.render(subscription)


@operation("subscriptions.list")
def list_(call: Call) -> Object:
    """Without cancelled ones unless asked: `status=all`, `ended` or one status."""
    params = call.params
    status = params.get("status")
    asked = {name: params[name] for name in ("customer", "collection_method") if name in params}

    def wanted(subscription: Object) -> bool:
        ended = subscription["status"] in ("canceled", "incomplete_expired")
        fits = {None: not ended, "all": True, "ended": ended}.get(status, subscription["status"] == status)
        priced = "price" not in params or any(
            call.account.objects[id]["price"]["id"] == params["price"] for id in subscription["_items"]
        )
        return fits and priced and all(subscription[name] == asked[name] for name in asked)

    return page(call, "subscription", wanted)


def _compose(account: Account, subscription: Object, shown: Object) -> None:
    items = [account.render(account.objects[id]) for id in subscription["_items"]]
    shown["items"] = list_object(items, False, f"/v1/subscription_items?subscription={subscription['id']}")


COMPOSERS["subscription"] = _compose
