"""Debits of bank accounts, which are processing for days. Source: Stripe docs, "ACH Direct Debit"."""

from ...cards.lookup import card_with_number
from ...state.account import Account, Object
from ...state.actions import action
from ..account_balance.movements import receive_charge
from .charges import new_charge

# "It can take up to 4 business days to receive acknowledgement of success or failure."
_SETTLEMENT_SECONDS = 4 * 86400
_MESSAGES = {
    "account_closed": "The customer's bank account has been closed.",
    "debit_not_authorized": "The customer has notified their bank that this payment was not authorized.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "no_account": "The customer's bank account could not be located.",
}


def process(account: Account, intent: Object, method: Object) -> None:
    """Start a debit: it is processing, and may fail."""
    charge = new_charge(account, intent, method, captured=True)
    charge.update(status="pending", paid=False, amount_captured=0)
    intent.update(status="processing", latest_charge=charge["id"], last_payment_error=None, next_action=None)
    account.emit("charge.pending", charge)
    account.emit("payment_intent.processing", intent)
    account.agenda.add(account.now + _SETTLEMENT_SECONDS, "settle_debit", intent)


@action("settle_debit")
def settle_debit(account: Account, intent: Object) -> None:
    """Settle a debit: it succeeds or fails."""
    if intent["status"] != "processing":
        return
    charge, method = account.objects[intent["latest_charge"]], account.objects[intent["payment_method"]]
    bank = card_with_number(method["_number"])
    if bank is not None and bank.outcome == "pending":
        return
    if bank is not None and bank.outcome == "bounces":
        _bounce(account, intent, method, bank.code)
        return
    charge.update(status="succeeded", paid=True, amount_captured=charge["amount"])
    receive_charge(account, charge)
    intent.update(status="succeeded", amount_received=intent["amount"])
    account.emit("charge.succeeded", charge)
    account.emit("payment_intent.succeeded", intent)


def _bounce(account: Account, intent: Object, method: Object, code: str) -> None:
    charge, message = account.objects[intent["latest_charge"]], _MESSAGES[code]
    charge.update(status="failed", failure_code=code, failure_message=message)
    shown = {
        "code": code,
        "message": message,
        "payment_method": account.snapshot(method),
        "type": "card_error",
    }
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=shown)
    account.emit("charge.failed", charge)
    account.emit("payment_intent.payment_failed", intent)
