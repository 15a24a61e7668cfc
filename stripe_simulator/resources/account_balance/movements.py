"""What charges, refunds and disputes move.

Source: Stripe docs, "Balance transaction types"; descriptions and signs as recorded.
"""

from ...state.account import COMPOSERS, Account, Object
from .fees import DISPUTE_FEE, charge_fee
from .transactions import add_fee, new_transaction


def receive_charge(account: Account, charge: Object) -> None:
    """Receive what was captured, less the fee."""
    type, amount = "charge" if _is_card(charge) else "payment", charge["amount_captured"]
    entry = new_transaction(account, charge, amount, type, "charge", charge["description"])
    add_fee(entry, charge_fee(amount), "Stripe processing fees")
    charge["balance_transaction"] = entry["id"]


def pay_refund(account: Account, refund: Object) -> str:
    """Pay a refund, and return the id of its transaction; the fee of the charge is not returned."""
    charge = account.objects[refund["charge"]]
    type = "refund" if _is_card(charge) else "payment_refund"
    about = f"REFUND FOR CHARGE ({charge['description']})" if charge["description"] else "REFUND FOR CHARGE"
    entry = new_transaction(account, refund, -refund["amount"], type, "refund", about)
    return str(entry["id"])


def return_refund(account: Account, refund: Object) -> Object:
    """Take back a refund that has failed, and return how it shows that; nothing if it had not been paid."""
    if refund["balance_transaction"] is None:
        return {}
    entry = new_transaction(
        account, refund, refund["amount"], "refund_failure", "refund_failure", "REFUND FAILURE"
    )
    return {"failure_balance_transaction": entry["id"]}


def withdraw_dispute(account: Account, dispute: Object) -> None:
    """Withdraw the disputed amount, and the fee of a dispute."""
    about = f"Chargeback withdrawal for {dispute['charge']}"
    entry = new_transaction(account, dispute, -dispute["amount"], "adjustment", "dispute", about)
    add_fee(entry, DISPUTE_FEE, "Dispute fee")
    dispute["_balance_transactions"] = [entry["id"]]


def reinstate_dispute(account: Account, dispute: Object) -> None:
    """Return the amount of a dispute that was won; the fee stays, as recorded."""
    about = f"Chargeback reversal for {dispute['charge']}"
    entry = new_transaction(account, dispute, dispute["amount"], "adjustment", "dispute_reversal", about)
    dispute["_balance_transactions"] = [*dispute["_balance_transactions"], entry["id"]]


def _is_card(charge: Object) -> bool:
    return bool(charge["payment_method_details"]["type"] == "card")


def _compose(account: Account, dispute: Object, shown: Object) -> None:
    ids = dispute.get("_balance_transactions", [])
    shown["balance_transactions"] = [account.render(account.objects[id]) for id in ids]


COMPOSERS["dispute"] = _compose
