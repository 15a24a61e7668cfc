"""Why money may not be asked for: what the invoice, here and at the provider, says against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from billing.errors import Code, Conflict
from billing.events import Kind
from billing.models import Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.money import text, with_currency
from billing.services.invoices import unopened
from integrations.mappings import entity_mappings
from integrations.models import OutboundSync
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.outbox import rivals
from integrations.provider_api import REMAINING, InvoiceThere

# One that is blocked or dead may have been begun again by what changed since.
_NOT_TOLD = (SyncState.BLOCKED, SyncState.DEAD, *OPEN_STATES)


@dataclass(frozen=True)
class Refusal:
    """Why money may not be asked for now."""

    code: str
    message: str
    details: Mapping[str, str] = field(default_factory=dict)

    def error(self) -> Conflict:
        """The error for a caller who waits."""
        return Conflict(self.message, code=self.code, details=self.details)


def of(invoice: Invoice, payment: Payment, there: InvoiceThere | None) -> Refusal | None:
    """The reason against asking for the payment now, None where there is none."""
    remaining = invoice.amount_remaining
    asked = remaining if there is None else there.amount_remaining
    if invoice.status != InvoiceStatus.FINALIZED:
        return Refusal(Code.INVOICE_NOT_OPEN, not_open(invoice))
    if remaining <= 0:
        return Refusal(Code.INVOICE_PAID, f"Nothing is due on invoice {invoice.pk}.")
    if rival := rivals.under_way(payment):
        return Refusal(Code.PAYMENT_IN_PROGRESS, _in_progress(rival), {"payment_id": rival.pk})
    if there is not None and (refusal := _of_another_customer(invoice, payment, there)):
        return refusal
    if asked != remaining:
        return _difference(invoice, payment, there)
    return of_another_amount(payment, invoice)


def of_another_amount(payment: Payment, invoice: Invoice) -> Refusal | None:
    """The reason where a person has confirmed another amount than remains by now."""
    if not payment.amount_is_fixed or payment.amount == invoice.amount_remaining:
        return None
    confirmed, now = (
        with_currency(amount, invoice.currency) for amount in (payment.amount, invoice.amount_remaining)
    )
    message = f"{confirmed} was confirmed, but {now} remains of invoice {invoice.pk} by now. Nothing was asked of the customer."
    return Refusal(Code.AMOUNT_CHANGED, message)


def not_open(invoice: Invoice) -> str:
    """What to say of an invoice that is not finalized."""
    todo = unopened.todo(invoice) or "It can no longer be paid."
    if invoice.status == InvoiceStatus.UNCOLLECTIBLE:
        todo = "Nobody is asked for it any more; record what comes all the same with POST /v1/payments."
    return f"Invoice {invoice.pk} is {invoice.status}. {todo}"


def _of_another_customer(invoice: Invoice, payment: Payment, there: InvoiceThere) -> Refusal | None:
    """What the linked customer pays could not be attached to the invoice of another one."""
    linked = entity_mappings.provider_id_of(payment.connection_id, Kind.CUSTOMER, invoice.customer_id)
    if there.customer_id in ("", linked):
        return None
    todo = f"void the invoice {invoice.pk} and bill it with a new one."
    if not entity_mappings.is_gone(payment.connection_id, Kind.CUSTOMER, there.customer_id):
        todo = f"link the customer with {there.customer_id} again, or {todo}"
    return Refusal(
        Code.CUSTOMER_DIFFERS,
        f"{there.id} is an invoice of {there.customer_id}, and the customer {invoice.customer_id} is linked with"
        f" {linked or 'nobody there'}, whose payment could not be attached to it. Nothing was asked of the customer."
        f" {todo[0].upper()}{todo[1:]}",
    )


def _in_progress(rival: Payment) -> str:
    """What to say of a payment that is under way."""
    what = f"{text(rival.amount, rival.currency)} {rival.currency}"
    return (
        f"The payment {rival.pk} of {what} is under way for invoice {rival.invoice_id}."
        " Wait until it has succeeded or failed."
    )


def has_ended(payment: Payment) -> Refusal:
    """The reason for a payment that something else has settled meanwhile."""
    message = f"The payment {payment.pk} is {payment.status} by now. Try again."
    return Refusal(Code.PAYMENT_IN_PROGRESS, message)


def of_cancelled(payment: Payment) -> Refusal:
    """Why the payment was cancelled before anything was asked for it."""
    code = payment.failure_code
    if code == Code.AMOUNT_TOO_SMALL:
        return too_small(payment, payment.failure_message)
    details = {"payment_id": payment.pk, **_numbers(payment)}
    if code == Code.PAYMENT_IN_PROGRESS:
        rival = rivals.under_way(payment)
        details = {"payment_id": rival.pk} if rival else {}
    return Refusal(code, payment.failure_message, details)


def too_small(payment: Payment, reason: str) -> Refusal:
    """For a payment of less than its gateway takes, which has said so."""
    what = f"{text(payment.amount, payment.currency)} {payment.currency} of invoice {payment.invoice_id}"
    return Refusal(
        Code.AMOUNT_TOO_SMALL,
        f"{what} is less than its provider takes at once, and nothing was asked of the customer. Credit it with a credit"
        " note (POST /v1/credit_notes) and ask for it with the next invoice, record it with POST /v1/payments once"
        f" it has come in another way, or mark the invoice as uncollectible. {reason}",
        {"amount": text(payment.amount, payment.currency)},
    )


def _numbers(payment: Payment) -> dict[str, str]:
    """The two amounts for which the payment was refused, {} where that was not the reason."""
    if payment.failure_code != Code.AMOUNTS_DIFFER or payment.invoice is None:
        return {}
    noted = entity_mappings.notes_of(payment.connection_id, Kind.INVOICE, payment.invoice.pk)
    here = text(payment.invoice.amount_remaining, payment.currency)
    stuck = _stuck(payment.invoice, payment.pk)
    return {"here": here, "there": str(noted.get(REMAINING, "")), **({"sync_id": stuck.pk} if stuck else {})}


def _stuck(invoice: Invoice, besides: str) -> OutboundSync | None:
    """What was to tell the provider of the invoice or its money, ``besides`` that payment, and could not."""
    told = [invoice.pk, *invoice.payments.exclude(pk=besides).values_list("pk", flat=True)]
    told += invoice.credit_notes.values_list("pk", flat=True)
    found = OutboundSync.objects.without_refreshes().filter(entity_id__in=told, state__in=_NOT_TOLD)
    return found.exclude(last_error="").order_by("-created_at", "-pk").first()


def _difference(invoice: Invoice, payment: Payment, there: InvoiceThere | None) -> Refusal:
    stuck = _stuck(invoice, payment.pk)
    numbers = {"here": text(invoice.amount_remaining, invoice.currency)}
    numbers["there"] = text(there.amount_remaining, invoice.currency) if there else numbers["here"]
    return Refusal(
        Code.AMOUNTS_DIFFER,
        f"{numbers['here']} {invoice.currency} remains of invoice {invoice.pk} here, but its counterpart"
        f" {there.id if there else ''} asks for {numbers['there']} {invoice.currency}. Nothing was asked of the customer."
        f" {_cause(stuck)}",
        numbers | ({"sync_id": stuck.pk} if stuck else {}),
    )


def _cause(stuck: OutboundSync | None) -> str:
    if stuck is None:
        return "Find out which is right: a payment or a credit may be missing on one side."
    return (
        f"{stuck.pk} was to tell {stuck.connection} of the {stuck.entity_type.replace('_', ' ')} {stuck.entity_id}, and"
        f" could not: {stuck.last_error}"
    )
