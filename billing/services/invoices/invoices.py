"""Drafts, finalizes and voids invoices."""

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from billing.errors import Code, Conflict, Invalid, NotFound
from billing.events import Kind
from billing.facts import ZERO, InvoiceFacts, LineFacts
from billing.models import Customer, Invoice, Subscription
from billing.models.invoices import InvoiceStatus
from billing.persistence import rows
from billing.persistence.unit_of_work import atomic, current_unit_of_work
from billing.services import collectors
from billing.services.currencies import check_currency
from billing.services.invoices import edits, numbers
from billing.services.invoices.amounts_paid import recompute
from billing.services.invoices.collection import NO_FAILURE, follow
from billing.services.invoices.lines import price_lines, read_lines, write_lines
from billing.services.invoices.totals import totals
from billing.services.invoices.voiding import check_idle, check_unpaid
from billing.services.payments.closing import close_at, close_outdated

FIXED = frozenset({"customer_id", "currency", "subscription_id", "is_external"})
CHANGEABLE = frozenset(field.name for field in dataclasses.fields(InvoiceFacts)) - FIXED - {"lines"}
TOTALS = frozenset({"subtotal", "discounts", "tax", "total"})


@atomic
def create(*, environment_id: str, facts: InvoiceFacts, origin: str | None = None) -> Invoice:
    """A new draft whose totals follow from its lines.

    Raises Invalid, or Conflict when its number is taken.
    """
    check_currency(facts.currency)
    if origin is None:
        collectors.registered().check(environment_id, facts.connection_id)
    rows.referred(Customer, environment_id, facts.customer_id, field="customer_id", origin=origin)
    if facts.subscription_id:
        _check_subscription(environment_id, facts)
    lines = price_lines(environment_id, facts.lines, facts.currency)
    columns = rows.values(facts, "lines") | dataclasses.asdict(totals(lines))
    invoice = Invoice(environment_id=environment_id, **columns)
    rows.check(invoice)
    write_lines(invoice, lines, is_new=True)
    rows.insert(invoice, Kind.INVOICE, origin)
    return invoice


@atomic
def update(
    *, environment_id: str, invoice_id: str, changes: Mapping[str, Any], origin: str | None = None
) -> Invoice:
    """The draft with ``changes`` (names as in InvoiceFacts); ``lines`` replaces all lines.

    Who collects it (``connection_id``) and its metadata can be changed later too. Raises NotFound, Invalid,
    or Conflict when it is no draft and anything else would change.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    columns = {name: value for name, value in changes.items() if name != "lines"}
    edits.check_names(invoice, changes.keys(), origin)
    if columns.get("connection_id", invoice.connection_id) != invoice.connection_id:
        _check_move(invoice, columns["connection_id"])
    changed = rows.change(invoice, columns, allowed=CHANGEABLE)
    if "lines" in changes:
        lines = price_lines(environment_id, changes["lines"], invoice.currency)
        if _without_ids(lines) != _without_ids(read_lines(invoice)):
            changed += ["updated_at", *rows.change(invoice, vars(totals(lines)), allowed=TOTALS)]
            write_lines(invoice, lines)
    edits.check_changes(invoice, set(changed), origin)
    rows.save(invoice, changed, Kind.INVOICE, origin)
    return invoice


@atomic
def finalize(
    *, environment_id: str, invoice_id: str, now: datetime, origin: str | None = None, number: str = ""
) -> Invoice:
    """The invoice with its number, final and due; an invoice of zero is paid at once.

    Finalizing twice changes nothing. ``number``: the one that it had been given; it gets the next one where
    that is "" or another's by now.

    Raises NotFound, or Conflict when it is voided, uncollectible or, through the API or the admin, without
    lines or not acceptable to whoever is to collect it; Unavailable while it is not known which numbers were
    given.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if invoice.status == InvoiceStatus.FINALIZED:
        return invoice
    _check_not_external(invoice, origin)
    if invoice.status != InvoiceStatus.DRAFT:
        message = f"The invoice {invoice.pk} is {invoice.status}: only a draft can be finalized."
        raise Conflict(message, code=Code.INVOICE_NOT_DRAFT)
    accepted = _accepted(invoice) if origin is None else []
    invoice.number = (
        invoice.number or numbers.given(environment_id, number) or numbers.next_number(environment_id)
    )
    invoice.status = InvoiceStatus.FINALIZED
    invoice.finalized_at = now
    invoice.failure_code = invoice.failure_message = ""
    changed = [*accepted, *NO_FAILURE, "number", "status", "finalized_at", *recompute(invoice)]
    rows.save(invoice, changed, Kind.INVOICE, origin)
    return invoice


@atomic
def void(*, environment_id: str, invoice_id: str, now: datetime, origin: str | None = None) -> Invoice:
    """The invoice, voided: nothing is due any more. Voiding twice changes nothing.

    Raises NotFound, or Conflict when money was received for it and no gateway has voided it.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    if invoice.status == InvoiceStatus.VOIDED:
        return invoice
    _check_not_external(invoice, origin)
    check_unpaid(invoice, origin)
    invoice.status = InvoiceStatus.VOIDED
    invoice.voided_at = now
    # What the customer's balance took off it, a gateway gives back to the balance.
    invoice.balance_applied = ZERO
    close_outdated(invoice)
    changed = ["status", "voided_at", "balance_applied", *recompute(invoice), *follow(invoice)]
    rows.save(invoice, changed, Kind.INVOICE, origin)
    return invoice


@atomic
def mark_uncollectible(
    *, environment_id: str, invoice_id: str, now: datetime, origin: str | None = None
) -> Invoice:
    """The finalized invoice, now uncollectible (it may still be paid). Marking it twice changes nothing.

    Raises NotFound, or Conflict when it is not finalized, or all of it was paid.
    """
    invoice = rows.locked(Invoice, environment_id, invoice_id)
    _check_not_external(invoice, origin)
    if invoice.status not in (InvoiceStatus.FINALIZED, InvoiceStatus.UNCOLLECTIBLE):
        message = f"The invoice {invoice.pk} is {invoice.status}: only a finalized invoice can be marked uncollectible."
        raise Conflict(message, code=Code.INVOICE_NOT_OPEN)
    if origin is None and not invoice.amount_remaining:
        raise Conflict(f"Nothing is due on the invoice {invoice.pk}.", code=Code.INVOICE_PAID)
    if origin is None:
        check_idle(invoice)
    changed = [*rows.set_status(invoice, InvoiceStatus.UNCOLLECTIBLE), *follow(invoice)]
    if close_outdated(invoice):
        changed += recompute(invoice)
    rows.save(invoice, changed, Kind.INVOICE, origin)
    return invoice


def set_links(*, environment_id: str, invoice_id: str, hosted_invoice_url: str, pdf_url: str) -> None:
    """Keeps the addresses of the invoice's page and its PDF; announces nothing. Raises NotFound."""
    links = {"hosted_invoice_url": hosted_invoice_url, "pdf_url": pdf_url}
    if current_unit_of_work():
        invoice = rows.locked(Invoice, environment_id, invoice_id)
        rows.store(invoice, rows.change(invoice, links, allowed=frozenset(links)))
        return
    found = Invoice.objects.filter(pk=invoice_id, environment_id=environment_id)
    if not found.update(**links, version=F("version") + 1, updated_at=timezone.now()):
        raise NotFound(f"There is no invoice {invoice_id}.")


def facts(invoice: Invoice) -> InvoiceFacts:
    """What is known of the invoice, its lines with their ids."""
    return rows.read(InvoiceFacts, invoice, lines=read_lines(invoice))


def _accepted(invoice: Invoice) -> list[str]:
    """Lets whoever is to collect the draft refuse it or round its lines; names the columns that changed."""
    facts = rows.read(InvoiceFacts, invoice, lines=read_lines(invoice))
    if not facts.lines:
        message = f"The invoice {invoice.pk} has no lines. Add at least one, then finalize it."
        raise Conflict(message, code=Code.INVOICE_EMPTY)
    accepted = collectors.registered().accept(invoice, facts)
    changed = rows.change(invoice, {"connection_id": accepted.connection_id}, allowed=edits.COLLECTOR)
    if accepted.lines == facts.lines:
        return changed
    write_lines(invoice, accepted.lines)
    return changed + rows.change(invoice, vars(totals(accepted.lines)), allowed=TOTALS)


def _check_move(invoice: Invoice, connection_id: str) -> None:
    collectors.registered().check(invoice.environment_id, connection_id)
    if invoice.status != InvoiceStatus.DRAFT:
        collectors.registered().release(invoice, connection_id)
        close_at(invoice, invoice.connection_id)


def _check_not_external(invoice: Invoice, origin: str | None) -> None:
    if invoice.is_external and origin is None:
        message = f"The invoice {invoice.pk} was made at a gateway, and only the gateway can change or end it. Change it there."
        raise Conflict(message, code=Code.INVOICE_OF_GATEWAY)


def _without_ids(lines: tuple[LineFacts, ...]) -> list[LineFacts]:
    return [dataclasses.replace(line, id="") for line in lines]


def _check_subscription(environment_id: str, facts: InvoiceFacts) -> None:
    subscription = rows.referred(
        Subscription, environment_id, facts.subscription_id or "", field="subscription_id"
    )
    if subscription.customer_id != facts.customer_id:
        raise Invalid.of({"subscription_id": "This subscription belongs to another customer."})
