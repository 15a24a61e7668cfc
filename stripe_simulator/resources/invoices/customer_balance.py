"""The customer's balance on an invoice: applied when it is finalized, and returned when it is voided.

Sources: Stripe docs, "Customer invoice balance"; Stripe changelog, "Customer balances are now returned when
voiding invoices"; API reference, "The Invoice object", starting_balance, ending_balance and amount_due.
"""

from ...amounts.minimum_charges import least_charge, most_charge
from ...state.account import Account, Object
from ..customers.balance import balance_in, change_balance, credit, take_currency


def amounts_with_balance(account: Account, invoice: Object) -> Object:
    """Return what a draft asks for with the customer's balance in its currency as it is now."""
    customer = account.find("customer", invoice["customer"]) or {}
    starting = balance_in(customer, invoice["currency"])
    due = max(0, invoice["total"] + starting)
    return {"starting_balance": starting, "amount_due": due, "amount_remaining": due}


def settle_balance(invoice: Object) -> tuple[int, int, str]:
    """Set `ending_balance`, and return what the balance changes by, what is carried over, and why.

    Credit that is used up raises the balance, debt that is asked for lowers it.
    """
    applied: int = invoice["total"] - invoice["amount_due"]
    reason = _not_chargeable(invoice)
    carried = invoice["amount_due"] if reason else 0
    if carried:
        invoice.update(amount_due=0, amount_remaining=0)
    invoice["ending_balance"] = invoice["starting_balance"] + applied + carried
    invoice["_applied_balance"] = applied
    return applied, carried, reason


def _not_chargeable(invoice: Object) -> str:
    """Return why the amount is left to the customer's next invoice: too small or too large to charge."""
    due, least = invoice["amount_due"], least_charge(invoice["currency"])
    if due > most_charge(invoice["currency"]):
        return "invoice_too_large"
    return "invoice_too_small" if least is not None and 0 < due < least[0] else ""


def apply_balance(account: Account, invoice: Object, applied: int, carried: int, reason: str) -> None:
    """Record in the customer's ledger what finalizing the invoice has changed."""
    customer, currency = account.objects[invoice["customer"]], invoice["currency"]
    take_currency(customer, customer["currency"] or currency)
    change_balance(account, customer, applied, currency, "applied_to_invoice", invoice=invoice["id"])
    change_balance(account, customer, carried, currency, reason, invoice=invoice["id"])


def return_balance(account: Account, invoice: Object) -> None:
    """Return the balance that was applied to an invoice, credit or debt, because it is voided."""
    applied = invoice.get("_applied_balance", 0)
    invoice["_applied_balance"] = 0
    about = {"invoice": invoice["id"]}
    credit(account, invoice["customer"], applied, invoice["currency"], "unapplied_from_invoice", **about)
