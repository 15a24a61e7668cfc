"""Subscriptions: created and listed. Source: Stripe docs, "How subscriptions work"."""

from typing import Any

from ...errors import InvalidRequest
from ...listing import list_object, page, retrievable, within
from ...operations import Call, operation
from ...state.account import COMPOSERS, Account, Object
from .amounts import item_amount
from .cancellation import set_cancel_at
from .currencies import move_to_currency, refuse_other_currency
from .discounts import announce_discounts, set_discounts
from .extras import add_extras
from .items import new_items
from .new_subscription import new_subscription
from .renewals import plan_ahead
from .start import check_can_start, initial_status, start

retrievable("subscriptions.retrieve", "subscription")


@operation("subscriptions.create")
def create(call: Call) -> Object:
    """Create a subscription, active once its first invoice is paid, or trialing."""
    account, params = call.account, call.params
    if not params.get("customer"):
        raise InvalidRequest("Missing required param: customer.", code="parameter_missing", param="customer")
    if not params.get("items"):
        raise InvalidRequest("Missing required param: items.", code="parameter_missing", param="items")
    customer = account.get("customer", params["customer"], "customer")
    subscription = new_subscription(account, customer, params)
    items = new_items(account, subscription, params["items"])
    refuse_other_currency(account, customer["id"], subscription["currency"])
    _discount(account, subscription, items, params)
    check_can_start(account, subscription, items, params)
    subscription["status"] = initial_status(account, subscription, items)
    subscription = account.add(subscription)
    items = [account.add(item) for item in items]
    subscription["_items"] = [item["id"] for item in items]
    set_cancel_at(account, subscription, params)
    account.emit("customer.subscription.created", subscription)
    move_to_currency(account, customer, subscription["currency"])
    announce_discounts(account, subscription, *items)
    add_extras(account, subscription, params.get("add_invoice_items"))
    start(account, subscription, items, params)
    plan_ahead(account, subscription)
    return account.render(subscription)


def _discount(account: Account, subscription: Object, items: list[Object], params: dict[str, Any]) -> None:
    """Set the discounts of the subscription and its items."""
    amounts = [item_amount(account, subscription, item, first=True) for item in items]
    targets = [subscription, *items]
    requested = [params, *params["items"]]
    for target, options, base in zip(targets, requested, [sum(amounts), *amounts], strict=True):
        set_discounts(account, subscription, target, options.get("discounts"), base)


@operation("subscriptions.list")
def list_(call: Call) -> Object:
    """List subscriptions, ended ones only for `status=all`, `ended` or their own status."""
    account, params = call.account, call.params
    filters = {
        name: params[name] for name in ("customer", "collection_method", "test_clock") if name in params
    }
    if "customer" not in filters and "test_clock" not in filters:
        filters["test_clock"] = None

    def matches(subscription: Object) -> bool:
        named = all(subscription[name] == filters[name] for name in filters)
        return named and _has_status(subscription, params) and _has_items(account, subscription, params)

    status = params.get("status")
    by_status = {} if status in (None, "all", "ended") else {"status": status}
    return page(call, "subscription", matches, by=filters | by_status)


def _has_status(subscription: Object, params: dict[str, Any]) -> bool:
    status = params.get("status")
    ended = subscription["status"] in ("canceled", "incomplete_expired")
    return bool({None: not ended, "all": True, "ended": ended}.get(status, subscription["status"] == status))


def _has_items(account: Account, subscription: Object, params: dict[str, Any]) -> bool:
    """Return whether a subscription has items of the price, and periods within the bounds."""
    items = [account.objects[id] for id in subscription["_items"]]
    prices = {item["price"]["id"] for item in items}
    return (
        params.get("price", params.get("plan")) in prices | {None}
        and within(max(item["current_period_start"] for item in items), params.get("current_period_start"))
        and within(min(item["current_period_end"] for item in items), params.get("current_period_end"))
    )


def _compose(account: Account, subscription: Object, shown: Object) -> None:
    items = [account.render(account.objects[id]) for id in subscription["_items"]]
    shown["items"] = list_object(items, False, f"/v1/subscription_items?subscription={subscription['id']}")


COMPOSERS["subscription"] = _compose
