"""What the audit says of a row's columns: values as the API shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import models

from billing import money
from billing.models.base import Audited, Row

Changes = dict[str, list[Any]]


class _Column(NamedTuple):
    """``show``: how a value is written; None for one that is shown as it is, as nothing always is."""

    name: str
    default: Any
    show: Callable[[Any, Audited], Any] | None


def of_new(row: Audited) -> Changes:
    """What the row holds that is not as by default, each with nothing before it."""
    return {name: [None, value] for name, value in _held(row)}


def of_deleted(row: Audited) -> Changes:
    """The same, each with nothing after it."""
    return {name: [value, None] for name, value in _held(row)}


def of_changed(row: Row, names: Iterable[str]) -> Changes:
    """Those of the columns ``names`` that are not as they were when the row was last read or stored."""
    columns, stored, held, changes = _by_name(type(row)), row.stored, row.__dict__, {}
    for name in names:
        if name in columns:
            attname, _default, show = columns[name]
            before, after = stored.get(attname), held[attname]
            if before != after:
                changes[attname] = [_shown(show, before, row), _shown(show, after, row)]
    return changes


def of_parts(before: Sequence[Audited], after: Sequence[Audited]) -> list[Any]:
    """Lines or items before and after; none where they are the same."""
    both = [[{"id": part.pk, **dict(_held(part))} for part in parts] for parts in (before, after)]
    return [] if both[0] == both[1] else both


def _held(row: Audited) -> list[tuple[str, Any]]:
    held = row.__dict__
    return [
        (name, value if show is None else _shown(show, value, row))
        for name, default, show in _columns(type(row))
        if (value := held[name]) != default
    ]


def _shown(show: Callable[[Any, Audited], Any] | None, value: Any, row: Audited) -> Any:
    return value if show is None or value is None else show(value, row)


@cache
def _by_name(model: type[Audited]) -> Mapping[str, _Column]:
    """By each name that services use: a foreign key has two."""
    columns = {column.name: column for column in _columns(model)}
    names = {name: field.attname for field in model._meta.concrete_fields for name in _names(field)}
    return {name: columns[attname] for name, attname in names.items() if attname in columns}


def _names(field: models.Field[Any, Any]) -> tuple[str, str]:
    return field.name, field.attname


@cache
def _columns(model: type[Audited]) -> tuple[_Column, ...]:
    fields = [field for field in model._meta.concrete_fields if field.attname not in model.unaudited]
    return tuple(_Column(field.attname, field.get_default(), _show(field)) for field in fields)


def _show(field: models.Field[Any, Any]) -> Callable[[Any, Audited], Any] | None:
    if isinstance(field, models.DateTimeField):
        return _time
    if isinstance(field, models.DecimalField):
        by_places = {money.AMOUNT_PLACES: money.text, money.UNIT_PLACES: money.unit_text}
        write = by_places.get(field.decimal_places)
        return _money(field.attname, write) if write else _number
    return None


def _money(name: str, write: Callable[[Decimal, str], str]) -> Callable[[Decimal, Audited], str]:
    return lambda value, row: write(value, row.currency_of(name))


def _number(value: Decimal, _row: Audited) -> str:
    return f"{value.normalize():f}"


def _time(value: datetime, _row: Audited) -> str:
    return f"{(value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat()[:-6]}Z"
