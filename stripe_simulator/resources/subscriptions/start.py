"""The first invoice of a subscription.

Source: Stripe docs, "Subscription lifecycle" and "payment_behavior".
"""

from typing import Any

from ...cards.lookup import card_with_number
from ...errors import CardError
from ...state.account import Account, Object
from ...state.actions import action
from ..invoices.collection import collect, method_for
from ..invoices.finalization import finalize
from ..invoices.transitions import void
from ..payment_methods.cards import refuse_decline
from ..payment_methods.defaults import nothing_to_charge
from ..payments.authentication import requires_authentication
from .amounts import item_amount
from .discounts import first_discounts
from .invoices import invoice_for
from .periods import default_method

_INCOMPLETE_SECONDS = 23 * 3600
_FREE = 100


def check_can_start(
    account: Account, subscription: Object, items: list[Object], params: dict[str, Any]
) -> None:
    """Refuse what `payment_behavior` does not allow, before anything is created."""
    behavior = params.get("payment_behavior", "allow_incomplete")
    if not _needs_payment(account, subscription, items) or behavior == "default_incomplete":
        return
    method = default_method(account, subscription)
    if method is None:
        raise nothing_to_charge()
    if behavior == "error_if_incomplete":
        _refuse_incomplete(account.objects[method], params.get("off_session", False))


def _refuse_incomplete(method: Object, off_session: bool) -> None:
    card = card_with_number(method["_number"])
    if card is None:
        return
    if card.outcome == "declines":
        refuse_decline(card)
    if requires_authentication(card, method, {"payment_method_options": {}}, off_session):
        raise CardError(
            "Payment for this subscription requires additional user action before it can be completed successfully.",
            code="subscription_payment_intent_requires_action",
        )


def initial_status(account: Account, subscription: Object, items: list[Object]) -> str:
    """Return the first status: incomplete until the first invoice is paid, if something is due."""
    if subscription["status"] == "trialing":
        return "trialing"
    return "incomplete" if _needs_payment(account, subscription, items) else "active"


def start(account: Account, subscription: Object, items: list[Object], params: dict[str, Any]) -> None:
    """Create the first invoice; charge it at once, or leave it as a draft that will be sent."""
    with account.changing(subscription, "customer.subscription.updated"):
        invoice = invoice_for(account, subscription, items, "subscription_create")
    if subscription["collection_method"] == "send_invoice" and subscription["status"] != "trialing":
        return
    finalize(account, invoice)
    if subscription["status"] != "incomplete":
        return
    account.agenda.add(account.now + _INCOMPLETE_SECONDS, "expire_incomplete", subscription)
    method = method_for(account, invoice)
    if params.get("payment_behavior") == "default_incomplete" or method is None:
        return
    try:
        collect(account, invoice, method, off_session=params.get("off_session", False))
    except CardError:
        return


@action("expire_incomplete")
def expire_incomplete(account: Account, subscription: Object) -> None:
    """Expire a subscription whose first invoice was not paid within 23 hours."""
    if subscription["status"] != "incomplete":
        return
    void(account, account.objects[subscription["latest_invoice"]])
    with account.changing(subscription, "customer.subscription.updated"):
        subscription.update(status="incomplete_expired", ended_at=account.now)


def _needs_payment(account: Account, subscription: Object, items: list[Object]) -> bool:
    if subscription["status"] == "trialing" or subscription["collection_method"] == "send_invoice":
        return False
    amounts = [item_amount(account, subscription, item, first=True) for item in items]
    percent_off = sum(account.objects[id]["_percent_off"] or 0 for id in first_discounts(subscription))
    return sum(amounts) > 0 and percent_off < _FREE
