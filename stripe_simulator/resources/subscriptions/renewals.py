"""What happens to subscriptions as time passes: renewals, ends of trials, cancellations, payment retries."""

from ...events import when
from ...periods import period_end
from ...state.account import Account, Object
from ...state.actions import action
from ..invoices.finalization import finalize
from ..invoices.payments import payments_of
from ..invoices.transitions import mark_as_uncollectible, void
from .endings import end_subscription
from .invoices import invoice_for, subscription_of
from .periods import items_of
from .trial_endings import end_trial

_DAY = 86400
_BEFORE_TRIAL_END = 3 * _DAY
_LIVING = ("active", "trialing", "past_due")


def plan_ahead(account: Account, subscription: Object) -> None:
    """Schedule the next actions of a subscription; outdated entries are ignored later."""
    items = items_of(account, subscription)
    moments = {item["current_period_end"] for item in items} | {subscription["cancel_at"]}
    for moment in moments - {None}:
        account.agenda.add(moment, "renew", subscription)
    if subscription["status"] == "trialing":
        account.agenda.add(subscription["trial_end"] - _BEFORE_TRIAL_END, "trial_will_end", subscription)
        trial_will_end(account, subscription)


@action("trial_will_end")
def trial_will_end(account: Account, subscription: Object) -> None:
    """Emit once that a trial ends in three days. Source: Stripe docs, "Types of events", trial_will_end."""
    near = (subscription["trial_end"] or 0) - account.now <= _BEFORE_TRIAL_END
    if subscription["status"] == "trialing" and near and not subscription.get("_trial_notice"):
        subscription["_trial_notice"] = True
        account.emit("customer.subscription.trial_will_end", subscription)


@action("renew")
def renew(account: Account, subscription: Object) -> None:
    """Start the next period of each item whose period is over, and create its invoice."""
    if subscription["status"] not in _LIVING:
        return
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= account.now:
        end_subscription(account, subscription, "cancellation_requested")
        return
    items = items_of(account, subscription)
    ended = [item for item in items if item["current_period_end"] <= account.now]
    if not ended:
        return
    with account.changing(subscription, "customer.subscription.updated"):
        if subscription["status"] == "trialing" and not end_trial(account, subscription):
            return
        for item in ended:
            recurring, start = item["price"]["recurring"], item["current_period_end"]
            end = period_end(
                subscription["billing_cycle_anchor"],
                start,
                recurring["interval"],
                recurring["interval_count"],
            )
            item.update(current_period_start=start, current_period_end=end)
        invoice_for(account, subscription, ended, "subscription_cycle")
    plan_ahead(account, subscription)


@when("invoice.paid")
def follow_payment(account: Account, invoice: Object) -> None:
    """Activate the subscription whose invoice is paid."""
    subscription = subscription_of(account, invoice)
    if subscription is None:
        return
    with account.changing(subscription, "customer.subscription.updated"):
        if subscription["status"] in ("incomplete", "past_due", "unpaid"):
            subscription["status"] = "active"
        if subscription["payment_settings"]["save_default_payment_method"] == "on_subscription":
            subscription["default_payment_method"] = (
                _paid_with(account, invoice) or subscription["default_payment_method"]
            )


def _paid_with(account: Account, invoice: Object) -> str | None:
    """Return the customer's payment method that has paid.

    Source: API reference, payment_settings.save_default_payment_method.
    """
    for payment in payments_of(account, invoice):
        if payment["status"] == "paid":
            intent = account.find("payment_intent", payment["payment"].get("payment_intent")) or {}
            method = account.find("payment_method", intent.get("payment_method")) or {}
            return str(method["id"]) if method.get("customer") == invoice["customer"] else None
    return None


@when("invoice.created")
def follow_paused_collection(account: Account, invoice: Object) -> None:
    """Void, keep or mark uncollectible an invoice created while collection is paused.

    Source: Stripe docs, "Pause payment collection".
    """
    subscription = subscription_of(account, invoice)
    paused = subscription["pause_collection"] if subscription else None
    if paused is None or paused["behavior"] == "keep_as_draft":
        return
    finalize(account, invoice)
    if invoice["status"] == "open":
        (void if paused["behavior"] == "void" else mark_as_uncollectible)(account, invoice)
