"""How a row of each kind ends: archived, cancelled or voided; and whether it has."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.models import CreditNote, Customer, Invoice, Payment, Plan, Price, Subscription
from billing.models.base import Status
from billing.models.credit_notes import CreditNoteStatus
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.models.subscriptions import SubscriptionStatus
from billing.services.catalog import plans, prices
from billing.services.customers import customers
from billing.services.invoices import credit_note_voids, endings, invoices, voiding
from billing.services.subscriptions import subscriptions


@dataclass(frozen=True)
class Place:
    """Which row ends, when, and the connection whose side has ended first."""

    environment_id: str
    row_id: str
    now: datetime
    origin: str


def _end_customer(place: Place) -> None:
    customers.archive(environment_id=place.environment_id, customer_id=place.row_id, origin=place.origin)


def _end_plan(place: Place) -> None:
    plans.archive(environment_id=place.environment_id, plan_id=place.row_id, origin=place.origin)


def _end_price(place: Place) -> None:
    prices.archive_price(environment_id=place.environment_id, price_id=place.row_id, origin=place.origin)


def _end_subscription(place: Place) -> None:
    subscriptions.cancel(
        environment_id=place.environment_id,
        subscription_id=place.row_id,
        at_period_end=False,
        now=place.now,
        origin=place.origin,
    )


def _end_invoice(place: Place) -> None:
    """One that a gateway made ends as the gateway says; any other is looked at elsewhere first."""
    where: dict[str, Any] = {"environment_id": place.environment_id, "invoice_id": place.row_id}
    if Invoice.objects.filter(pk=place.row_id, is_external=True).exists():
        invoices.void(**where, now=place.now, origin=place.origin)
    else:
        endings.void(**where, now=place.now)


def _keep_invoice(row_id: str) -> None:
    """What was paid of one that a gateway made is in excess then, unless it is all of it."""
    invoice = Invoice.objects.get(pk=row_id)
    if not invoice.is_external:
        voiding.check_unpaid(invoice, None)
    elif invoice.status == InvoiceStatus.FINALIZED and invoice.total and not invoice.amount_remaining:
        message = (
            f"Nothing of the invoice {invoice.pk} remains to be paid, so it is not voided: it stays as it is."
        )
        raise Conflict(message, code=Code.INVOICE_PAID)


def _end_credit_note(place: Place) -> None:
    credit_note_voids.void(environment_id=place.environment_id, credit_note_id=place.row_id, now=place.now)


def _keep_credit_note(row_id: str) -> None:
    note = CreditNote.objects.select_related("invoice").get(pk=row_id)
    credit_note_voids.refuse_final(note, note.invoice)


def _keep_payment(row_id: str) -> None:
    raise Conflict(
        f"No payment ends here: {row_id} stays as it is, and what was paid is given back by a refund."
    )


@dataclass(frozen=True)
class Ending:
    """In which statuses a row of the kind has ended, what ends it, and what raises Conflict unless it can."""

    model: Any
    ended: tuple[str, ...]
    end: Callable[[Place], object]
    keep: Callable[[str], None] = lambda _row_id: None


_ENDINGS: Mapping[Kind, Ending] = {
    Kind.CUSTOMER: Ending(Customer, (Status.ARCHIVED,), _end_customer),
    Kind.PLAN: Ending(Plan, (Status.ARCHIVED,), _end_plan),
    Kind.PRICE: Ending(Price, (Status.ARCHIVED,), _end_price),
    Kind.SUBSCRIPTION: Ending(Subscription, (SubscriptionStatus.CANCELLED,), _end_subscription),
    Kind.INVOICE: Ending(
        Invoice, (InvoiceStatus.VOIDED, InvoiceStatus.UNCOLLECTIBLE), _end_invoice, _keep_invoice
    ),
    Kind.CREDIT_NOTE: Ending(CreditNote, (CreditNoteStatus.VOIDED,), _end_credit_note, _keep_credit_note),
    Kind.PAYMENT: Ending(
        Payment, (PaymentState.CANCELLED, PaymentState.FAILED), lambda _place: None, _keep_payment
    ),
}


def has_ended(kind: Kind, row_id: str) -> bool:
    """Whether the row is archived, cancelled, voided or given up, so that nobody has to hear more of it."""
    ending = _ENDINGS[kind]
    return bool(ending.model._default_manager.filter(pk=row_id, status__in=ending.ended).exists())


def end(kind: Kind, place: Place) -> None:
    """Ends the row; one that has ended stays as it is. Call it outside any transaction.

    Raises NotFound, or Conflict where the row cannot end so, such as a paid invoice.
    """
    if not has_ended(kind, place.row_id):
        _ENDINGS[kind].keep(place.row_id)
        _ENDINGS[kind].end(place)


def refusal(kind: Kind, row_id: str) -> str:
    """Why the row cannot end, as far as that can be told here; "" where it can, or has."""
    try:
        if not has_ended(kind, row_id):
            _ENDINGS[kind].keep(row_id)
    except Conflict as conflict:
        return conflict.message
    return ""
