"""An invoice that another connection collects: a draft, which asks nobody for money, until it is paid."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.invoices import invoices
from integrations.errors import Rejected, Retry
from integrations.provider_api import ASKS, Json, Outbound
from integrations.providers.stripe.push import drafts, finalization, invoice_closing, looks
from integrations.providers.stripe.push.attachments import BANK_WORKS
from integrations.providers.stripe.translate import metadata, open_invoices

INSTEAD = (
    "A part was paid here. Let this connection collect the rest: PATCH the invoice with its connection_id."
)
# Noted of a mirror that was finalized and paid out of band, once the invoice was paid elsewhere.
PAID_ELSEWHERE = "paid_elsewhere"


def bring(outbound: Outbound, invoice: Invoice) -> None:
    """The draft; paid out of band once the invoice is paid, voided where it was collected here before."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stage in (None, drafts.DRAFT, drafts.LINES):
        _mirror(outbound, invoice)
    elif stage == finalization.FINALIZED and _is_paid(invoice):
        _pay(outbound, str(outbound.provider_id_of(Kind.INVOICE, invoice.pk)))
    elif stage == finalization.FINALIZED:
        _close(outbound, str(outbound.provider_id_of(Kind.INVOICE, invoice.pk)))
    else:
        outbound.skip("mirror", f"Another connection collects the invoice, and this one has it as {stage}.")


def _mirror(outbound: Outbound, invoice: Invoice) -> None:
    facts = invoices.facts(invoice)
    stripe_id = drafts.bring(outbound, invoice, facts)
    if _is_paid(invoice):
        final = finalization.finalize(outbound, invoice, facts, stripe_id, is_mirror=True)
        _give_back_balance(outbound, invoice, final)
        # An invoice of zero, or one that the balance covers, is paid by that.
        if outbound.dry or final["status"] == "open":
            _pay(outbound, stripe_id)
    else:
        outbound.skip(
            "finalize",
            f"{invoice.connection_id} collects the invoice: it stays a draft here until it is paid.",
        )


def _is_paid(invoice: Invoice) -> bool:
    return (
        invoice.status in (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE)
        and not invoice.amount_remaining
    )


def _give_back_balance(outbound: Outbound, invoice: Invoice, final: Json) -> None:
    """Undoes what finalization took from the customer's balance there, or added to it as debt (page
    "Customer credit balance"): the invoice was paid elsewhere.
    """
    if outbound.dry:
        return
    applied = int(final.get("ending_balance") or 0) - int(final.get("starting_balance") or 0)
    if applied:
        reserved = {metadata.INVOICE_ID: invoice.pk, **metadata.SOURCE_IS_FLEXSYNC}
        outbound.once(
            "balance",
            "customers.balance_transactions.create",
            {
                "amount": -applied,
                "currency": invoice.currency.lower(),
                "description": f"Invoice {invoice} was paid elsewhere",
                "metadata": metadata.merged(reserved),
            },
            target=outbound.provider_id_of(Kind.CUSTOMER, invoice.customer_id),
        )


def _pay(outbound: Outbound, stripe_id: str) -> None:
    """Page "Pay an invoice", paid_out_of_band: the money came through another connection, or outside."""

    def notes(answer: Json) -> Json:
        is_paid = answer.get("status", "paid") == "paid"
        return {"stage": PAID_ELSEWHERE, ASKS: False} if is_paid else {}

    params = {"paid_out_of_band": True}
    try:
        outbound.once("paid-elsewhere", "invoices.pay", params, target=stripe_id, annotate=notes)
    except Rejected as refusal:
        # It may have been paid here, before that was heard of.
        if refusal.connection_is_broken or looks.read(outbound, stripe_id, notes)["status"] != "paid":
            raise


def _close(outbound: Outbound, stripe_id: str) -> None:
    """Voids what was collected here before; what was paid here meanwhile is counted before others may ask."""
    closed = {"stage": invoice_closing.VOIDED, ASKS: False}
    try:
        outbound.once(
            "void", "invoices.void_invoice", {}, target=stripe_id, annotate=lambda _response: closed
        )
    except Rejected as refusal:
        if refusal.connection_is_broken:
            raise
        found = looks.read(outbound, stripe_id)
        outbound.observe(Kind.INVOICE, found, lambda: None)
        if working := open_invoices.processing_intent(found):
            raise Retry(f"Waits until the bank has decided on {working}.", after=BANK_WORKS) from refusal
        if found["status"] == "open":
            raise Rejected(f"{refusal} {INSTEAD}") from refusal
        looks.read(outbound, stripe_id, lambda _answer: {"stage": found["status"], ASKS: False})
