"""Automatic collection with retries.

Source: Stripe docs, "Automate payment retries" (the days are assumed).
"""

from ...errors import CardError
from ...state.account import Account, Object
from ..invoices.collection import collect
from .endings import end_subscription
from .invoices import subscription_of

_DAY = 86400
_RETRY_DELAYS = (3 * _DAY, 5 * _DAY, 7 * _DAY)


def attempt(account: Account, invoice: Object, method: str | None) -> None:
    """Attempt once; schedule a retry after a failure, and end the subscription after the last one."""
    if invoice["status"] != "open":
        return
    try:
        if method is None:
            _fail_without_method(account, invoice)
        else:
            collect(account, invoice, method, off_session=True)
            return
    except CardError:
        pass
    _after_failure(account, invoice)


def _fail_without_method(account: Account, invoice: Object) -> None:
    with account.changing(invoice, "invoice.updated", "invoice.payment_failed"):
        invoice["attempt_count"] += 1
        invoice["attempted"] = True


def _after_failure(account: Account, invoice: Object) -> None:
    subscription = subscription_of(account, invoice)
    attempts = invoice["attempt_count"]
    if attempts > len(_RETRY_DELAYS):
        invoice["next_payment_attempt"] = None
        if subscription is not None and subscription["status"] == "past_due":
            end_subscription(account, subscription, "payment_failed")
        return
    with account.changing(invoice, "invoice.updated"):
        invoice["next_payment_attempt"] = account.now + _RETRY_DELAYS[attempts - 1]
    account.agenda.add(invoice["next_payment_attempt"], "retry_payment", invoice)
    if subscription is not None and subscription["status"] == "active":
        with account.changing(subscription, "customer.subscription.updated"):
            subscription["status"] = "past_due"
