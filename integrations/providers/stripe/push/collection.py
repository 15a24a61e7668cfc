"""Whether Stripe may collect an invoice by itself (page "Automatic collection"), kept true as payments come and go."""

from django.db.models import Q

from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.payments import RECEIVED, PaymentState
from integrations.provider_api import Json, Outbound

OPEN = (PaymentState.PENDING, PaymentState.PROCESSING, PaymentState.REQUIRES_ACTION)
_OURS = Q(gateway="stripe", is_external=False)
# After a decline a session goes on, until it expires; only a bank's late refusal finds it complete.
SESSION_IS_OPEN = (
    _OURS
    & Q(off_session=False)
    & (
        Q(status__in=OPEN)
        | Q(status=PaymentState.FAILED) & ~Q(gateway_session_id="") & ~Q(failure_code="async_payment_failed")
    )
)
# A charge that waits for the customer is at its end: what recovers it is a payment of its own.
_CHARGE_IS_OPEN = _OURS & Q(off_session=True) & Q(status__in=(PaymentState.PENDING, PaymentState.PROCESSING))
_CAME = Q(is_external=False, status__in=RECEIVED)


def mark(payment_id: str) -> str:
    """Under which name the pair of the invoice notes that Stripe's invoice has the payment."""
    return f"attached {payment_id}"


def is_paid_here(invoice_id: str) -> bool:
    """Whether anybody pays, has paid or tried to: most invoices come to Stripe before that."""
    return Payment.objects.filter(invoice_id=invoice_id).exists()


def collects(invoice_id: str, told: Json | None = None) -> bool:
    """Whether nobody pays, or has paid, in a way that Stripe's invoice does not know of.

    That is a checkout or a charge of ours that is under way, and money that came but that it was not told of: ``told``
    is what the pair has noted. The same debt must not be collected twice.
    """
    if not is_paid_here(invoice_id):
        return True
    found = (
        Payment.objects.filter(invoice_id=invoice_id)
        .order_by()
        .filter(SESSION_IS_OPEN | _CHARGE_IS_OPEN | _CAME)
        .values_list("pk", "status")
    )
    return all(status in RECEIVED and mark(pk) in (told or {}) for pk, status in found)


def follow(outbound: Outbound, invoice: Invoice, theirs: str) -> None:
    """Turns Stripe's automatic collection of a finalized invoice on or off, where it is not as it should be."""
    stage = outbound.notes_of(Kind.INVOICE, invoice.pk)
    should, does = collects(invoice.pk, stage), stage.get("auto_advance")
    if does is None or does == should or (should and not invoice.amount_remaining):
        outbound.skip("collection", "Stripe's invoice is final, and collected as it should be.")
    else:
        _turn(outbound, invoice.pk, theirs, on=should)


def hold(outbound: Outbound, invoice_id: str, theirs: str) -> None:
    """Turns it off, if it is on."""
    if outbound.notes_of(Kind.INVOICE, invoice_id).get("auto_advance"):
        _turn(outbound, invoice_id, theirs, on=False)


def _turn(outbound: Outbound, invoice_id: str, theirs: str, *, on: bool) -> None:
    outbound.once(
        "resume" if on else "hold",
        "invoices.update",
        {"auto_advance": on},
        target=theirs,
        annotate=lambda _answer: {"auto_advance": on},
        about=(Kind.INVOICE, invoice_id),
    )
