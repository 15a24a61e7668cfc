"""Resuming a subscription that was paused. Source: Stripe API reference, "Resume a subscription"."""

from typing import Any

from ...errors import InvalidRequest
from ...events import when
from ...operations import Call, operation
from ...periods import period_end
from ...state.account import Account, Object
from ...state.actions import action
from ..invoices.transitions import void
from .invoices import subscription_of
from .periods import begin_now, bill_now, default_method, items_of
from .renewals import plan_ahead

_UNATTEMPTED_SECONDS = 23 * 3600


@operation("subscriptions.resume")
def resume(call: Call) -> Object:
    """Start new periods with an invoice, or (`unchanged`) continue the current ones without."""
    account, params = call.account, call.params
    subscription = account.get("subscription", call.id)
    if subscription["status"] != "paused":
        raise InvalidRequest("You can only resume a subscription if it is `paused`.")
    if subscription["collection_method"] != "charge_automatically":
        raise InvalidRequest("Only subscriptions that are charged automatically can be resumed.")
    if params.get("billing_cycle_anchor", {}).get("type") == "unchanged":
        _go_on(account, subscription)
        _set_active(account, subscription)
    else:
        _start_anew(account, subscription, params)
    return account.render(subscription)


def _go_on(account: Account, subscription: Object) -> None:
    for item in items_of(account, subscription):
        recurring, anchor = item["price"]["recurring"], subscription["billing_cycle_anchor"]
        end = period_end(anchor, account.now, recurring["interval"], recurring["interval_count"])
        item.update(current_period_start=account.now, current_period_end=end)


def _start_anew(account: Account, subscription: Object, params: dict[str, Any]) -> None:
    """Start new periods; active once payment is attempted (the default) or, if requested, has succeeded."""
    items = items_of(account, subscription)
    attempted = (
        default_method(account, subscription) is not None
        and params.get("payment_behavior") != "resume_on_payment_success"
    )
    begin_now(account, subscription, items)
    if attempted:
        _set_active(account, subscription)
    invoice = bill_now(account, subscription, items, attempted)
    if not attempted and invoice["status"] == "paid":
        _set_active(account, subscription)
    elif not attempted:
        subscription["_resumption"] = invoice["id"]
        account.agenda.add(account.now + _UNATTEMPTED_SECONDS, "expire_resumption", subscription)


def _set_active(account: Account, subscription: Object) -> None:
    with account.changing(subscription, "customer.subscription.updated", "customer.subscription.resumed"):
        subscription.update(status="active", status_details=None, _resumption=None)
    plan_ahead(account, subscription)


@when("invoice.paid", "invoice.marked_uncollectible")
def follow_resumption(account: Account, invoice: Object) -> None:
    """Activate the subscription whose resumption invoice is settled."""
    subscription = subscription_of(account, invoice)
    if subscription is not None and subscription.get("_resumption") == invoice["id"]:
        _set_active(account, subscription)


@action("expire_resumption")
def expire_resumption(account: Account, subscription: Object) -> None:
    """Void a resumption invoice not paid within 23 hours; the subscription stays paused."""
    invoice = account.find("invoice", subscription.get("_resumption"))
    if invoice is not None and invoice["status"] == "open" and not invoice["attempted"]:
        void(account, invoice)
        subscription["_resumption"] = None
