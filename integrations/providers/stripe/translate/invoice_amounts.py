"""What an invoice at Stripe asks for, of any API version (page "Customer invoice balance")."""

from dataclasses import dataclass
from decimal import Decimal

from integrations.providers.stripe.translate.amounts import read_amount, read_currency
from integrations.providers.stripe.translate.fields import Json


@dataclass(frozen=True)
class InvoiceAmounts:
    """Major units. ``credited``: what credit notes took off it before it was paid.

    ``balance_applied``: what the customer's balance took off it; negative where a debt was added.
    """

    credited: Decimal
    balance_applied: Decimal


def given_back(invoice: Json) -> Decimal:
    """What credit notes gave back of what was paid (major units)."""
    return read_amount(invoice, "post_payment_credit_notes_amount", read_currency(invoice), 0)


def of(invoice: Json) -> InvoiceAmounts | None:
    """What took the total to ``amount_due``; None for a draft, to which the balance is not applied
    yet, and for a voided one, which gave it back.

    Of ``total``, ``amount_due`` lacks the credit notes and the balance, also where it is too small to be
    charged: that amount is then a debt of the customer (page "The Invoice object", amount_due).
    """
    if invoice["status"] in ("draft", "void"):
        return None
    currency = read_currency(invoice)
    credited = read_amount(invoice, "pre_payment_credit_notes_amount", currency, 0)
    total, due = (read_amount(invoice, name, currency) for name in ("total", "amount_due"))
    return InvoiceAmounts(credited, total - credited - due)
