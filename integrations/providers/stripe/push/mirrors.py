"""An invoice that another connection collects: a draft, which asks nobody for money, until it is paid."""

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import InvoiceStatus
from billing.services.invoices import invoices
from integrations.provider_api import Outbound
from integrations.providers.stripe.push import applied_balance, drafts, endings, finalization
from integrations.providers.stripe.push.endings import Ending

# Page "Pay an invoice", paid_out_of_band: the money came through another connection, or outside.
_PAY = Ending(
    "paid-elsewhere", "invoices.pay", "paid_elsewhere", ("paid",), params={"paid_out_of_band": True}
)
# What was collected here before; what was paid here meanwhile is counted before others may ask.
_CLOSE = Ending(
    "void",
    "invoices.void_invoice",
    endings.VOIDED,
    ("void", "paid", "uncollectible"),
    "A part was paid here. Let this connection collect the rest: PATCH the invoice with its connection_id.",
)


def bring(outbound: Outbound, invoice: Invoice) -> None:
    """The draft; paid out of band once the invoice is paid, voided where it was collected here before."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk).get("stage")
    if stage in (None, drafts.DRAFT, drafts.LINES):
        _mirror(outbound, invoice)
    elif stage == finalization.FINALIZED and _is_paid(invoice):
        applied_balance.give_back(outbound, invoice, "paid elsewhere")
        endings.end(outbound, invoice.pk, _PAY)
    elif stage == finalization.FINALIZED:
        endings.end(outbound, invoice.pk, _CLOSE)
    else:
        applied_balance.give_back(outbound, invoice, "paid elsewhere")
        outbound.skip("mirror", f"Another connection collects the invoice, and this one has it as {stage}.")


def _mirror(outbound: Outbound, invoice: Invoice) -> None:
    facts = invoices.facts(invoice)
    stripe_id = drafts.bring(outbound, invoice, facts)
    if _is_paid(invoice):
        final = finalization.finalize(outbound, invoice, facts, stripe_id, collects=False, is_mirror=True)
        applied_balance.give_back(outbound, invoice, "paid elsewhere")
        # An invoice of zero, or one that the balance covers, is paid by that.
        if outbound.dry or final["status"] == "open":
            endings.end(outbound, invoice.pk, _PAY)
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
