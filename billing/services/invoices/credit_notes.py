"""Issues credit notes: they lower what an invoice asks for, and the rest goes back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing import money
from billing.errors import Code, Conflict, Invalid
from billing.events import Kind
from billing.facts import ZERO, CreditLineFacts, Metadata
from billing.models import CreditNote, Invoice
from billing.models.invoices import InvoiceStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic
from billing.services.currencies import exact
from billing.services.invoices import credit_lines, credit_note_refunds, owed
from billing.services.invoices.credit_note_split import Split, split
from billing.services.invoices.reported_credit_notes import stored_lines
from billing.services.invoices.voiding import check_idle

CREDITABLE = (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE)
_GOES_BACK = ("refund", "to_balance", "out_of_band")


@dataclass(frozen=True, kw_only=True)
class CreditNoteRequest:
    """What a caller asks for (major units): ``amount``, or ``lines`` that add up to it.

    ``refund``, ``to_balance``, ``out_of_band``: where the part goes back to that was paid already.
    """

    amount: Decimal | None = None
    lines: tuple[CreditLineFacts, ...] = ()
    refund: Decimal = ZERO
    to_balance: Decimal = ZERO
    out_of_band: Decimal = ZERO
    reason: str = ""
    memo: str = ""
    metadata: Metadata | None = None


@atomic
def issue(
    *,
    environment_id: str,
    invoice_id: str,
    request: CreditNoteRequest,
    now: datetime,
    connection_id: str = "",
    started_by: str = "",
    idempotency_key: str = "",
) -> CreditNote:
    """A credit note on the invoice, whose refunds are requested from the gateways of its payments.

    ``connection_id``: the connection whose gateway gets it, "" where none has the invoice. A second call with
    the same ``idempotency_key`` returns the first credit note. Raises Invalid or Conflict.
    """
    rows.referred(Invoice, environment_id, invoice_id, field="invoice_id")
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if known := _of_key(environment_id, idempotency_key):
        return known
    lines = credit_lines.priced(invoice, request.lines)
    amount = _amount(invoice, request, lines)
    parts = _checked_parts(invoice, request, split(invoice, amount))
    note = CreditNote(
        environment_id=environment_id,
        invoice_id=invoice.pk,
        customer_id=invoice.customer_id,
        currency=invoice.currency,
        amount=amount,
        **parts,
        reason=request.reason,
        memo=request.memo,
        lines=stored_lines(lines, invoice.currency),
        metadata=dict(request.metadata or {}),
        connection_id=connection_id,
        started_by=started_by,
        idempotency_key=idempotency_key,
        issued_at=now,
    )
    rows.insert(note, Kind.CREDIT_NOTE, None)
    credit_note_refunds.request(note, invoice, now)
    owed.recount(environment_id=environment_id, invoice_id=invoice.pk)
    return note


def _amount(invoice: Invoice, request: CreditNoteRequest, lines: tuple[CreditLineFacts, ...]) -> Decimal:
    if invoice.status not in CREDITABLE:
        message = f"The invoice {invoice.pk} is {invoice.status}: only a finalized invoice can be credited."
        raise Conflict(message, code=Code.INVOICE_NOT_OPEN)
    check_idle(invoice)
    if (request.amount is None) == (not lines):
        raise Invalid.of({"amount": "Send either an amount or lines."})
    of_lines = sum((one.amount for one in lines), ZERO)
    amount = of_lines if request.amount is None else exact(request.amount, invoice.currency, "amount")
    if amount <= 0:
        raise Invalid.of({"amount": "Send an amount above 0."})
    return amount


def _checked_parts(invoice: Invoice, request: CreditNoteRequest, parts: Split) -> dict[str, Decimal]:
    """The columns of the parts; raises Conflict where more is credited than is there, or it is not said where
    the paid part goes.
    """
    if parts.before_payment + parts.after_payment > parts.most:
        most = money.with_currency(parts.most, invoice.currency)
        message = f"The invoice {invoice.pk} can be credited with at most {most}."
        raise Conflict(message, code=Code.CREDIT_NOTE_TOO_MUCH, details={"amount": message})
    back = {name: exact(getattr(request, name), invoice.currency, name) for name in _GOES_BACK}
    if any(value < 0 for value in back.values()) or sum(back.values(), ZERO) != parts.after_payment:
        raise _misallocated(invoice, parts.after_payment)
    shares = {"before_payment": parts.before_payment, "after_payment": parts.after_payment}
    return shares | {"refunded": back.pop("refund"), **back}


def _misallocated(invoice: Invoice, paid: Decimal) -> Conflict:
    message = "Nothing of this credit note was paid already, so nothing goes back: leave that out."
    if paid:
        message = (
            f"{money.with_currency(paid, invoice.currency)} of this credit note was paid already. Say where it goes"
            " back to: the refund, the credit to the balance and what is given back out of band must add up to that."
        )
    return Conflict(message, code=Code.CREDIT_NOTE_ALLOCATION, details=dict.fromkeys(_GOES_BACK, message))


def _of_key(environment_id: str, idempotency_key: str) -> CreditNote | None:
    if not idempotency_key:
        return None
    return CreditNote.objects.filter(environment_id=environment_id, idempotency_key=idempotency_key).first()
