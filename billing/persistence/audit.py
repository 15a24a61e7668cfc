"""Notes each row that is stored, who stored it, and what was in it before, in the same transaction."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

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


class Noted(NamedTuple):
    """What became of a row that is none of billing's: the columns of its entry that are not the actor's."""

    environment_id: str
    kind: str
    row_id: str
    action: AuditAction
    changes: Changes


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


def note_others(rows: Iterable[Noted]) -> None:
    """Notes rows that are none of billing's."""
    entries = [_entry(*row[:3], ("", ""), row.action.value, row.changes) for row in rows]
    if here := current_unit_of_work():
        for entry in entries:
            here.note(entry)
    elif entries:
        audit_entries.copy(entries)


def _note(row: Row, action: str, changes: Changes) -> None:
    model = type(row)
    owners = _OWNERS.get(model)
    belongs_to = owners(row) if owners else ("", "")
    entry = _entry(row.environment_id, _kind(model), row.pk, belongs_to, action, changes)
    if here := current_unit_of_work():
        here.note(entry)
    else:
        audit_entries.insert(entry)
    row.remember_stored()


def _entry(
    environment_id: str, kind: str, row_id: str, owners: Owners, action: str, changes: Changes
) -> Entry:
    """The columns of the entry, in the order of the model's."""
    actor = actors.current()
    return (
        environment_id,
        kind,
        row_id,
        *owners,
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
