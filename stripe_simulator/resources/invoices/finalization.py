"""Finalizing an invoice. Source: Stripe docs, "Status transitions and finalization"."""

from ...amounts.minimum_charges import least_charge
from ...state.account import Account, Object
from ..customers.balance import change_balance
from ..payments.new_intent import new_intent
from .default_payment import default_payment
from .invoice_options import fix_page_size
from .payments import new_invoice_payment
from .settlement import mark_paid
from .totals import recompute


def finalize(account: Account, invoice: Object) -> None:
    """Number the invoice, fix its amounts, and create its default payment.

    A zero invoice is paid at once.
    """
    customer = account.get("customer", invoice["customer"], "customer")
    used = carried = 0
    with account.changing(invoice, "invoice.updated", "invoice.finalized"):
        recompute(account, invoice)
        used = invoice["amount_due"] - invoice["total"]
        carried = _carried(invoice)
        invoice["number"] = invoice["number"] or _next_number(customer)
        invoice.update(status="open", automatically_finalizes_at=None, next_payment_attempt=None)
        invoice["ending_balance"] = invoice["starting_balance"] - used + carried
        invoice["effective_at"] = invoice["effective_at"] or account.now
        fix_page_size(invoice)
        invoice["status_transitions"] = invoice["status_transitions"] | {"finalized_at": account.now}
        invoice["hosted_invoice_url"] = f"{account.base_url}/i/{invoice['id']}"
        invoice["invoice_pdf"] = f"{account.base_url}/i/{invoice['id']}/pdf"
    customer["currency"] = customer["currency"] or invoice["currency"]
    change_balance(account, customer, -used, invoice["currency"], "applied_to_invoice", invoice=invoice["id"])
    change_balance(
        account, customer, carried, invoice["currency"], "invoice_too_small", invoice=invoice["id"]
    )
    if invoice["amount_due"] == 0:
        with account.changing(invoice, "invoice.updated", "invoice.paid", "invoice.payment_succeeded"):
            invoice["attempted"] = True
            mark_paid(account, invoice)
        return
    _make_default_payment(account, invoice)


def _carried(invoice: Object) -> int:
    """Return the amount that the customer's next invoice collects, because it is too small to charge.

    Source: Stripe docs, "Customer invoice balance"; API reference, "The Invoice object", amount_due.
    """
    due: int = invoice["amount_due"]
    least = least_charge(invoice["currency"])
    if least is None or not 0 < due < least[0]:
        return 0
    invoice.update(amount_due=0, amount_remaining=0)
    return due


def _make_default_payment(account: Account, invoice: Object) -> None:
    intent = new_intent(account, default_payment(account, invoice))
    intent["_default_of_invoice"] = invoice["id"]
    new_invoice_payment(account, invoice, intent, invoice["amount_due"], default=True)


def _next_number(customer: Object) -> str:
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    return number
