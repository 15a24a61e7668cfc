"""The totals of an invoice, in minor units.

Source: Stripe docs, "How discounts and taxes are calculated on invoices".
"""

from ...state.account import Account, Object
from .customer_balance import amounts_with_balance
from .discounts import apply_discounts
from .lines import lines_of
from .taxes import apply_taxes, tax_totals


def recompute(account: Account, invoice: Object) -> None:
    """Compute discounts, then taxes, then totals, of a draft that has changed."""
    lines = lines_of(account, invoice)
    discounts = apply_discounts(account, invoice, lines)
    apply_taxes(account, invoice, lines)
    taxes = tax_totals(lines)
    exclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    inclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")
    subtotal = sum(line["amount"] for line in lines)
    discounted = subtotal - sum(discount["amount"] for discount in discounts)
    invoice.update(
        subtotal=subtotal,
        subtotal_excluding_tax=subtotal - inclusive,
        total_discount_amounts=discounts,
        total_taxes=taxes,
        total_pretax_credit_amounts=[
            {"amount": discount["amount"], "discount": discount["discount"], "type": "discount"}
            for discount in discounts
        ],
        total=discounted + exclusive,
        total_excluding_tax=discounted - inclusive,
    )
    invoice.update(amounts_with_balance(account, invoice))
