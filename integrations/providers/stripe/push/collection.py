"""Whether Stripe may collect an invoice by itself (page "Automatic collection"), kept true as payments come and go."""

from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from integrations.provider import Outbound

OPEN = (PaymentState.PENDING, PaymentState.PROCESSING, PaymentState.REQUIRES_ACTION)


def collects(invoice_id: str) -> bool:
    """Whether nobody pays, or has paid, in a way that Stripe's invoice does not know of.

    That is a checkout of ours, open or done, and money that was recorded here; the same debt must not be collected twice.
    """
    here = Payment.objects.filter(invoice_id=invoice_id, is_external=False)
    return not here.filter(status__in=RECEIVED).exists() and not _is_being_paid(invoice_id)


def follow(outbound: Outbound, invoice: Invoice, theirs: str) -> None:
    """Turns Stripe's automatic collection of a finalized invoice on or off, where it is not as it should be."""
    should = collects(invoice.pk)
    does = outbound.stage_of(Kind.INVOICE, invoice.pk).get("auto_advance")
    if does is None or does == should or (should and not invoice.amount_remaining):
        outbound.skip("collection", "Stripe's invoice is final, and collected as it should be.")
    else:
        _turn(outbound, invoice.pk, theirs, on=should)


def hold(outbound: Outbound, invoice_id: str, theirs: str) -> None:
    """Turns it off, if it is on."""
    if outbound.stage_of(Kind.INVOICE, invoice_id).get("auto_advance"):
        _turn(outbound, invoice_id, theirs, on=False)


def _is_being_paid(invoice_id: str) -> bool:
    return Payment.objects.filter(
        invoice_id=invoice_id, gateway="stripe", status__in=OPEN, is_external=False
    ).exists()


def _turn(outbound: Outbound, invoice_id: str, theirs: str, *, on: bool) -> None:
    outbound.once(
        "resume" if on else "hold",
        "invoices.update",
        {"auto_advance": on},
        target=theirs,
        note=lambda _answer: {"auto_advance": on},
        about=(Kind.INVOICE, invoice_id),
    )
