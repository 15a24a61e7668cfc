"""Attaches received money to Stripe's invoice (page "Attach a payment to an invoice")."""

from billing.events import Kind
from billing.models import Invoice, Payment
from integrations.errors import Rejected
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import collection, endings, payment_records
from integrations.providers.stripe.translate import open_invoices

DUPLICATE = (
    "Stripe's invoice is paid in full without this payment: it was paid in excess. Refund it on"
    " the invoice's page, or by the API with refund_duplicate."
)


def attach(outbound: Outbound, payment: Payment, invoice: Invoice, stripe_id: str) -> None:
    """Attaches it once; noted with the invoice, whose push may meet the same payment.

    Raises UnderWay while a bank works on another payment, Rejected for what Stripe refuses for good.
    """
    note_name = collection.note_name(payment.pk)
    if note_name in outbound.notes_of(Kind.INVOICE, invoice.pk):
        outbound.skip("attach", "Stripe's invoice already has this payment.")
        return
    if payment_records.amount_asked(outbound, invoice) <= 0:
        outbound.skip(f"attach-{payment.pk}", DUPLICATE)
        return
    if (source := _source(outbound, payment, invoice)) is None:
        return
    try:
        outbound.once(
            f"attach-{payment.pk}",
            "invoices.attach_payment",
            source,
            target=stripe_id,
            annotate=lambda _response: {note_name: next(iter(source.values()))},
            about=(Kind.INVOICE, invoice.pk),
        )
    except Rejected as refusal:
        if refusal.connection_is_broken or not _has_ended(outbound, stripe_id):
            raise
        outbound.skip(f"ended-{payment.pk}", DUPLICATE)


def _has_ended(outbound: Outbound, stripe_id: str) -> bool:
    """Whether Stripe's invoice asks for nothing any more, as a look shows; what it shows is applied here.

    Raises UnderWay while another payment of it is pending: until that has ended, Stripe takes no other.
    """
    return not open_invoices.amount_remaining(endings.look_after_refusal(outbound, stripe_id))


def _source(outbound: Outbound, payment: Payment, invoice: Invoice) -> dict[str, str] | None:
    """The intent or the record to attach; None when Stripe's invoice is paid without the payment."""
    intent = payment.gateway_payment_id
    if intent.startswith("pi_") and payment.goes_through(outbound.connection_id, "stripe"):
        return {"payment_intent": intent}
    record = payment_records.report(outbound, payment, invoice)
    return None if record is None else {"payment_record": record}
