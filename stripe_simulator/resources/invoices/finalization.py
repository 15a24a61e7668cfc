"""Finalizing an invoice. Source: Stripe docs, "Status transitions and finalization"."""

from ...state.account import Account, Object
from ..payments.new_intent import new_intent
from .customer_balance import apply_balance, settle_balance
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
    with account.changing(invoice, "invoice.updated", "invoice.finalized"):
        recompute(account, invoice)
        balance = settle_balance(invoice)
        invoice["number"] = invoice["number"] or _next_number(customer)
        invoice.update(status="open", automatically_finalizes_at=None, next_payment_attempt=None)
        invoice["effective_at"] = invoice["effective_at"] or account.now
        fix_page_size(invoice)
        invoice["status_transitions"] = invoice["status_transitions"] | {"finalized_at": account.now}
        invoice["hosted_invoice_url"] = f"{account.base_url}/i/{invoice['id']}"
        invoice["invoice_pdf"] = f"{account.base_url}/i/{invoice['id']}/pdf"
    apply_balance(account, invoice, *balance)
    if invoice["amount_due"] == 0:
        with account.changing(invoice, "invoice.updated", "invoice.paid", "invoice.payment_succeeded"):
            invoice["attempted"] = True
            mark_paid(account, invoice)
        return
    _make_default_payment(account, invoice)


def _make_default_payment(account: Account, invoice: Object) -> None:
    intent = new_intent(account, default_payment(account, invoice))
    intent["_default_of_invoice"] = invoice["id"]
    new_invoice_payment(account, invoice, intent, invoice["amount_due"], default=True)


def _next_number(customer: Object) -> str:
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04d}"
    customer["next_invoice_sequence"] += 1
    return number
