"""What an invoice at Stripe asks for, of any API version (page "Customer invoice balance")."""

from dataclasses import dataclass
from decimal import Decimal

from integrations.providers.stripe.translate.fields import Json
from integrations.providers.stripe.translate.money import from_minor


@dataclass(frozen=True)
class InvoiceAmounts:
    """Major units. ``credited``: what credit notes took off it before it was paid.

    ``balance_applied``: what the customer's balance took off it; negative where a debt was added.
    """

    credited: Decimal
    balance_applied: Decimal


def of(invoice: Json) -> InvoiceAmounts | None:
    """What took the total to ``amount_due``; None for a draft, to which the balance is not applied
    yet, and for a voided one, which gave it back.

    Of ``total``, ``amount_due`` lacks the credit notes and the balance, also where it is too small to be
    charged: that amount is then a debt of the customer (page "The Invoice object", amount_due).
    """
    if invoice["status"] in ("draft", "void"):
        return None
    currency = str(invoice["currency"])
    credited = int(invoice.get("pre_payment_credit_notes_amount") or 0)
    applied = int(invoice["total"]) - credited - int(invoice["amount_due"])
    return InvoiceAmounts(from_minor(credited, currency), from_minor(applied, currency))
