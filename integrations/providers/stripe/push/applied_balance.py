"""Undoes what finalization did to the customer's balance (page "Customer credit balance").

Only a void at Stripe does so by itself, and Stripe voids no invoice that is paid.
"""

from billing.events import Kind
from billing.models import Invoice
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import finalization
from integrations.providers.stripe.translate import metadata


def give_back(outbound: Outbound, invoice: Invoice, reason: str) -> None:
    """Gives back, once, what was taken from the balance, and takes back what was added to it as debt.

    ``reason``: what has become of the invoice, such as "paid elsewhere", for Stripe's list of movements.
    """
    applied = outbound.notes_of(Kind.INVOICE, invoice.pk).get(finalization.BALANCE_APPLIED)
    if applied:
        reserved = {metadata.INVOICE_ID: invoice.pk, **metadata.SOURCE_IS_FLEXSYNC}
        outbound.once(
            "balance",
            "customers.balance_transactions.create",
            {
                "amount": -applied,
                "currency": invoice.currency.lower(),
                "description": f"Invoice {invoice} was {reason}",
                "metadata": metadata.merged(reserved),
            },
            target=outbound.provider_id_of(Kind.CUSTOMER, invoice.customer_id),
            annotate=lambda _response: {finalization.BALANCE_APPLIED: 0},
        )
