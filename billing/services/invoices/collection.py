"""How the collection of an invoice goes: attempts, the next one, the last failure, and when it was sent."""

from collections.abc import Mapping
from datetime import datetime

from billing.facts import CollectionFacts
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.models.payments import PaymentState
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic

NO_FAILURE = {"failure_code": "", "failure_message": ""}
_COLUMNS = frozenset({"attempt_count", "next_attempt_at", "failure_code", "failure_message", "sent_at"})


@atomic
def record(*, environment_id: str, invoice_id: str, facts: CollectionFacts) -> bool:
    """Keeps what the gateway reports of its collection; returns whether anything changed.

    Announces nothing: only the gateway that collects acts on it. Raises NotFound.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    wanted = {name: value for name, value in vars(facts).items() if value is not None}
    if _is_awaited(invoice):
        wanted["next_attempt_at"] = facts.next_attempt_at
    else:
        wanted = {"attempt_count": facts.attempt_count, "next_attempt_at": None}
    return _store(invoice, wanted)


@atomic
def failed(environment_id: str, invoice_id: str, code: str, message: str) -> None:
    """Keeps why the last attempt failed, while money is still to come. Raises NotFound."""
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if _is_awaited(invoice):
        _store(invoice, {"failure_code": code, "failure_message": message})


@atomic
def sent(environment_id: str, invoice_id: str, at: datetime) -> None:
    """Keeps when the gateway last sent it to the customer. Raises NotFound."""
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    _store(invoice, {"sent_at": max(at, invoice.sent_at or at)})


def _store(invoice: Invoice, wanted: Mapping[str, object]) -> bool:
    changed = rows.change(invoice, wanted, allowed=_COLUMNS)
    if changed:
        rows.store(invoice, changed)
    return bool(changed)


def follow(invoice: Invoice, payment: Payment | None = None) -> list[str]:
    """Sets what follows for the invoice from ``payment``, which has just changed, or from its own end.

    Returns the names of the columns that changed; the caller holds the row lock and saves.
    """
    wanted: dict[str, object] = {}
    if payment is not None and payment.status == PaymentState.FAILED:
        wanted = {"failure_code": payment.failure_code, "failure_message": payment.failure_message}
    if payment is not None and payment.status == PaymentState.PROCESSING:
        wanted = dict(NO_FAILURE)
    if not _is_awaited(invoice):
        wanted = {"next_attempt_at": None, **NO_FAILURE}
    return rows.change(invoice, wanted, allowed=_COLUMNS)


def _is_awaited(invoice: Invoice) -> bool:
    """Whether money is still to come, or it is a draft that may be finalized by itself."""
    is_open = invoice.status == InvoiceStatus.FINALIZED and bool(invoice.amount_remaining)
    return is_open or invoice.status == InvoiceStatus.DRAFT
