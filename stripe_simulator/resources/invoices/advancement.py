"""Invoices that advance automatically: from draft to open, and to the attempts that collect them.

Source: Stripe docs, "Automatic invoice advancement".
"""

from ...errors import InvalidRequest
from ...operations import Call, operation
from ...state.account import Account, Object
from ...state.actions import action
from .attempts import advances, plan_attempt
from .collection import attempt
from .finalization import finalize
from .pending import is_pending

# Assumed for an open invoice that begins to advance: Stripe says nothing of the moment.
_LATER_SECONDS = 3600
_WAITING_SECONDS = 86400


@operation("invoices.finalize_invoice")
def finalize_invoice(call: Call) -> Object:
    """Finalize a draft: it becomes open, and is collected if it advances automatically."""
    account = call.account
    invoice = account.get("invoice", call.id)
    if invoice["status"] != "draft":
        raise InvalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    if "auto_advance" in call.params:
        invoice["auto_advance"] = call.params["auto_advance"]
    finalize(account, invoice)
    advance(account, invoice)
    return account.render(invoice)


def advance(account: Account, invoice: Object) -> None:
    """Collect an invoice that has just been finalized, at once or after the time that the settings say."""
    if not advances(invoice):
        return
    delay = account.behavior.first_attempt_seconds
    if delay:
        plan_attempt(account, invoice, account.now + delay)
    else:
        attempt(account, invoice)


def collect_now(account: Account, invoice: Object) -> None:
    """Collect an invoice that advances automatically, whatever the settings say."""
    if advances(invoice):
        attempt(account, invoice)


def begin_collecting(account: Account, invoice: Object) -> None:
    """Plan an attempt for an open invoice that begins to advance."""
    if advances(invoice) and invoice["next_payment_attempt"] is None:
        plan_attempt(account, invoice, account.now + _LATER_SECONDS)


def stop_collecting(invoice: Object) -> None:
    """Drop the next attempt of an open invoice that no longer advances."""
    if invoice["status"] == "open" and not invoice["auto_advance"]:
        invoice["next_payment_attempt"] = None


@action("attempt_payment")
def attempt_payment(account: Account, invoice: Object) -> None:
    """Attempt the payment at the moment that the invoice shows; wait another day while one is pending."""
    due = invoice["next_payment_attempt"] is not None and invoice["next_payment_attempt"] <= account.now
    if not due or not advances(invoice):
        return
    if is_pending(account, invoice):
        plan_attempt(account, invoice, account.now + _WAITING_SECONDS)
    else:
        attempt(account, invoice)


@action("finalize_invoice")
def finalize_automatically(account: Account, invoice: Object) -> None:
    """Finalize a draft an hour after its creation."""
    if invoice["status"] == "draft" and invoice["auto_advance"]:
        finalize(account, invoice)
        advance(account, invoice)
