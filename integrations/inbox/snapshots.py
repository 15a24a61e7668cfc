"""How a billing row looks, field by field, so that two states of it can be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Model, QuerySet

from billing import money
from billing.events import Kind
from billing.persistence.tables import MODELS

Snapshot = Mapping[str, Any]
# Rows that belong to a noun and are shown with it, such as ``lines[0].amount``.
PARTS = {Kind.INVOICE: "lines", Kind.SUBSCRIPTION: "items"}
LEFT_OUT = frozenset({"id", "environment", "version", "created_at", "updated_at", "changed_at"})
MONEY_PLACES = (money.AMOUNT_PLACES, money.UNIT_PLACES)
EMPTY: tuple[Any, ...] = ("", None, False, {}, [])


@dataclass(frozen=True)
class Difference:
    """One field of one row; ``id`` is None for a row that does not exist yet, whose fields all were None."""

    kind: str
    id: str | None
    field: str
    before: Any
    after: Any


def of(kind: Kind, entity_id: str) -> Snapshot:
    """The snapshot of a row; {} when there is no such row."""
    row = rows(kind).filter(pk=entity_id).first()
    return {} if row is None else of_row(kind, row)


def rows(kind: Kind) -> QuerySet[Any]:
    """The rows of a kind, with what belongs to them."""
    found: QuerySet[Any] = MODELS[kind]._default_manager.all()
    return found.prefetch_related(PARTS[kind]) if kind in PARTS else found


def of_row(kind: Kind, row: Model) -> Snapshot:
    """The row's fields as JSON values, amounts in major units as text."""
    snapshot = dict(_fields(row, LEFT_OUT))
    for number, part in enumerate(getattr(row, PARTS[kind]).all() if kind in PARTS else ()):
        fields = _fields(part, LEFT_OUT | {kind.value})
        snapshot |= {f"{PARTS[kind]}[{number}].{name}": value for name, value in fields}
    return snapshot


def differences(kind: str, entity_id: str | None, before: Snapshot, after: Snapshot) -> list[Difference]:
    """The fields that differ, without empty ones that a row got or lost."""
    return [
        Difference(kind, entity_id, name, before.get(name), after.get(name))
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name) and not _is_empty(name, before, after)
    ]


def _is_empty(name: str, before: Snapshot, after: Snapshot) -> bool:
    return (name not in before and after[name] in EMPTY) or (name not in after and before[name] in EMPTY)


def _fields(row: Model, left_out: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for field in row._meta.concrete_fields:
        if field.name not in left_out:
            value = getattr(row, field.attname)
            is_money = isinstance(field, DecimalField) and field.decimal_places in MONEY_PLACES
            yield field.attname, _as_json(value, getattr(row, "currency", "") if is_money else "")


def _as_json(value: Any, currency: str) -> Any:
    """``value`` as the API would write it."""
    if isinstance(value, Decimal):
        return money.unit_text(value, currency) if currency else f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, datetime) else value
