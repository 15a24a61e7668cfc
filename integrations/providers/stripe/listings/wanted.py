"""Which objects of a list are brought here at all, as far as they say so themselves."""

from integrations.errors import Rejected
from integrations.provider_api import Json
from integrations.providers.stripe.handlers.unreadable import ODD
from integrations.providers.stripe.translate import external_invoices, payments
from integrations.providers.stripe.translate.payments import StripeEvidence

# In these states no money has come, and none is on its way: nothing is to be brought here.
_WITHOUT_MONEY = ("pending", "cancelled", "failed")


def has_money(evidence: StripeEvidence) -> bool:
    """Whether the payment has brought money, or may, or is one of FlexSync's own."""
    return bool(evidence.payment_id) or evidence.status not in _WITHOUT_MONEY


def invoice(stripe_invoice: Json) -> bool:
    """Not a credit, which no invoice here is. What cannot be read is for the import to refuse."""
    try:
        return not external_invoices.is_credit(stripe_invoice)
    except (Rejected, *ODD):
        return True


def payment(intent: Json) -> bool:
    """One with money that names no invoice: those of invoices are in a list of their own."""
    try:
        evidence = payments.of_intent(intent)
    except (Rejected, *ODD):
        return True
    return has_money(evidence) and not evidence.invoice
