"""Notes each row that is stored, who stored it, and what was in it before, in the same transaction."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.utils import timezone

from billing import actors
from billing.models import CreditNote, Customer, Dispute, Invoice, Payment, Refund, Subscription
from billing.models.audit import AuditAction
from billing.models.base import Audited, Row
from billing.persistence import audit_entries, audit_values
from billing.persistence.audit_entries import LONGEST_ACTOR, Entry
from billing.persistence.audit_values import Changes
from billing.persistence.unit_of_work import current_unit_of_work

Owners = tuple[str, str]


def created(row: Row) -> None:
    """Notes a row that is new, with its parts."""
    _note(row, AuditAction.CREATED.value, {**audit_values.of_new(row), **row.replaced_parts})


def changed(row: Row, names: Iterable[str]) -> None:
    """Notes those of the columns, and the parts, that differ from what was stored, if any do."""
    if changes := {**audit_values.of_changed(row, names), **row.replaced_parts}:
        _note(row, AuditAction.CHANGED.value, changes)


def deleted(row: Row) -> None:
    """Notes a row that is about to be deleted."""
    _note(row, AuditAction.DELETED.value, audit_values.of_deleted(row))


def parts_replaced(row: Row, name: str, before: Sequence[Audited], after: Sequence[Audited]) -> None:
    """Keeps what became of the row's parts ``name`` until the row itself is noted."""
    if both := audit_values.of_parts(before, after):
        row.replaced_parts = {**row.replaced_parts, name: both}


def _note(row: Row, action: str, changes: Changes) -> None:
    entry = _entry(row, action, changes)
    if here := current_unit_of_work():
        here.note(entry)
    else:
        audit_entries.insert(entry)
    row.remember_stored()


def _entry(row: Row, action: str, changes: Changes) -> Entry:
    """The columns of the entry, in the order of the model's."""
    actor, model = actors.current(), type(row)
    owners = _OWNERS.get(model)
    return (
        row.environment_id,
        _kind(model),
        row.pk,
        *(owners(row) if owners else ("", "")),
        action,
        json.dumps(changes),
        actor.type.value,
        actor.label[:LONGEST_ACTOR],
        actor.connection_id,
        actor.request_id[:LONGEST_ACTOR],
        timezone.now(),
    )


@cache
def _kind(model: type[Row]) -> str:
    return str(model._meta.verbose_name).replace(" ", "_")


def _of_invoice(row: Payment | CreditNote) -> Owners:
    return row.customer_id or "", row.invoice_id or ""


# The ids of the customer and of the invoice that a row belongs to, "" for none.
_OWNERS: Mapping[type[Row], Callable[[Any], Owners]] = {
    Customer: lambda row: (row.pk, ""),
    Subscription: lambda row: (row.customer_id, ""),
    Invoice: lambda row: (row.customer_id, row.pk),
    Payment: _of_invoice,
    CreditNote: _of_invoice,
    Refund: lambda row: _of_invoice(row.payment),
    Dispute: lambda row: _of_invoice(row.payment),
}
