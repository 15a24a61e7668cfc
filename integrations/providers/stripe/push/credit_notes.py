"""Tells Stripe's invoice of what is owed no more because of a promotion code (page "Issue credit notes")."""

from billing.events import Kind
from billing.models import Invoice, Payment
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import collection
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.money import to_minor


def credit(outbound: Outbound, payment: Payment, invoice: Invoice, theirs: str) -> None:
    """Lowers what remains to be paid by the payment's amount; no money moves."""
    said = {metadata.PAYMENT_ID: payment.pk, metadata.INVOICE_ID: invoice.pk, **metadata.SOURCE_IS_FLEXSYNC}
    params = {
        "invoice": theirs,
        "amount": to_minor(payment.amount, payment.currency),
        "memo": "Promotion code",
        "metadata": metadata.merged(said),
    }
    outbound.once(
        f"credit-{payment.pk}",
        "credit_notes.create",
        params,
        annotate=lambda answer: {collection.mark(payment.pk): answer["id"]},
        about=(Kind.INVOICE, invoice.pk),
    )
