"""Credits Stripe's invoice with what a promotion code took off the debt (page "Issue credit notes")."""

from billing.events import Kind
from billing.models import Invoice, Payment
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import collection
from integrations.providers.stripe.translate import metadata
from integrations.providers.stripe.translate.money import to_minor


def issue(outbound: Outbound, payment: Payment, invoice: Invoice, stripe_id: str) -> None:
    """Lowers what remains to be paid by the payment's amount; no money moves."""
    ids = {metadata.PAYMENT_ID: payment.pk, metadata.INVOICE_ID: invoice.pk}
    params = {
        "invoice": stripe_id,
        "amount": to_minor(payment.amount, payment.currency),
        "memo": "Promotion code",
        "metadata": metadata.merged({**ids, **metadata.SOURCE_IS_FLEXSYNC}),
    }
    outbound.once(
        f"credit-{payment.pk}",
        "credit_notes.create",
        params,
        annotate=lambda response: {collection.note_name(payment.pk): response["id"]},
        about=(Kind.INVOICE, invoice.pk),
    )
