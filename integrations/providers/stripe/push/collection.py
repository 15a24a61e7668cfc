"""Whether Stripe may collect an invoice by itself (page "Automatic collection"), as payments come and go."""

from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q, QuerySet

from billing.events import Kind
from billing.models import CreditNote, Invoice, Payment
from billing.models.collection import CollectionMethod
from billing.models.credit_notes import CreditNoteStatus
from billing.models.invoices import InvoiceStatus
from billing.models.payments import RECEIVED, PaymentState
from integrations.provider_api import Json, Outbound

_STARTED_HERE = Q(gateway="stripe", is_external=False)
# A page that is being opened or is open, a charge that is being made, and what a bank works on. A charge that
# requires action has ended: the customer pays on the invoice's page.
_IS_UNDER_WAY = _STARTED_HERE & (
    Q(is_open_at_gateway=True)
    | Q(status__in=(PaymentState.PENDING, PaymentState.PROCESSING))
    | Q(off_session=False, status=PaymentState.REQUIRES_ACTION)
)
# Through another connection than the one that collects the invoice, whose Stripe does not know of it.
CAME_ELSEWHERE = ~Q(invoice__connection_id="") & ~Q(connection_id__in=("", F("invoice__connection_id")))
_IS_RECEIVED = (Q(is_external=False) | CAME_ELSEWHERE) & Q(status__in=RECEIVED)
# Read twice in each push, and spelled out because Django would compile it anew each time.
_HAS_PAYMENTS = f"""
SELECT EXISTS (SELECT FROM {Payment._meta.db_table} WHERE invoice_id = %(invoice)s) OR EXISTS (
    SELECT FROM {CreditNote._meta.db_table}
    WHERE invoice_id = %(invoice)s AND status = '{CreditNoteStatus.ISSUED}' AND gateway_credit_note_id = ''
)
"""


def note_name(payment_id: str) -> str:
    """Under which name the invoice's mapping notes that Stripe's invoice has the payment."""
    return f"attached {payment_id}"


def is_draft(notes: Json) -> bool:
    """Whether the invoice that FlexSync sends is not final at Stripe yet."""
    return notes.get("stage") in ("draft", "lines")


def has_payments(invoice_id: str) -> bool:
    """Whether the invoice has any payment, attempt or unsent credit note: most are sent before that."""
    with database.cursor() as cursor:
        cursor.execute(_HAS_PAYMENTS, {"invoice": invoice_id})
        return bool(cursor.fetchone()[0])


def unsent_credit_notes(invoice_id: str) -> QuerySet[CreditNote]:
    """The credit notes of the invoice that its gateway does not have yet."""
    issued = CreditNote.objects.filter(invoice_id=invoice_id, status=CreditNoteStatus.ISSUED)
    return issued.filter(gateway_credit_note_id="")


def may_collect(invoice_id: str, notes: Json | None = None) -> bool:
    """Whether Stripe may collect without taking the same debt twice.

    Not while a checkout or a charge of FlexSync is under way, nor after money was received or credited that
    Stripe's invoice lacks: ``notes``, those of the invoice's mapping, tell which payments it has.
    """
    if not has_payments(invoice_id):
        return True
    if unsent_credit_notes(invoice_id).exists():
        return False
    found = (
        Payment.objects.filter(invoice_id=invoice_id)
        .order_by()
        .filter(_IS_UNDER_WAY | _IS_RECEIVED)
        .values_list("pk", "status")
    )
    return all(status in RECEIVED and note_name(pk) in (notes or {}) for pk, status in found)


def may_advance(invoice: Invoice, notes: Json | None = None) -> bool:
    """Whether Stripe may collect it by itself: what is sent to be paid is not collected (docs/decisions).

    Decided of the invoice as it is now, under its lock: whoever voids it, or records a payment, comes before.
    """
    with transaction.atomic():
        invoice.refresh_from_db(from_queryset=Invoice.objects.select_for_update(no_key=True))
        is_charged = invoice.collection_method == CollectionMethod.CHARGE_AUTOMATICALLY
        return invoice.status == InvoiceStatus.FINALIZED and is_charged and may_collect(invoice.pk, notes)


def adjust(outbound: Outbound, invoice: Invoice, stripe_id: str) -> None:
    """Turns Stripe's automatic collection of a finalized invoice on or off, where that is not right yet.

    What was made at Stripe is collected again only where it was before.
    """
    notes = outbound.notes_of(Kind.INVOICE, invoice.pk)
    should, does = may_advance(invoice, notes), notes.get("auto_advance")
    if invoice.is_external:
        should = should and bool(does or notes.get("collects"))
    if does is None or does == should or (should and not invoice.amount_remaining):
        outbound.skip(
            "collection", "Stripe's invoice is final, and its automatic collection needs no change."
        )
    else:
        _switch(outbound, invoice.pk, stripe_id, on=should)


def pause(outbound: Outbound, invoice_id: str, stripe_id: str) -> None:
    """Turns automatic collection off, if it is on."""
    if outbound.notes_of(Kind.INVOICE, invoice_id).get("auto_advance"):
        _switch(outbound, invoice_id, stripe_id, on=False)


def _switch(outbound: Outbound, invoice_id: str, stripe_id: str, *, on: bool) -> None:
    answer = outbound.once(
        "resume" if on else "hold",
        "invoices.update",
        {"auto_advance": on},
        target=stripe_id,
        annotate=lambda _response: {"auto_advance": on, "collects": True},
        about=(Kind.INVOICE, invoice_id),
    )
    outbound.observe(Kind.INVOICE, answer)
