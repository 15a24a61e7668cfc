"""Where a page of a list ends, as a signed text, and the rows behind it.

Rows that come or go meanwhile move no page, other than with an offset.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Field, Model, Q, QuerySet

from billing.errors import Invalid

RowT = TypeVar("RowT", bound=Model)
NAME = "after"


def cursor(rows: QuerySet[RowT], last: RowT) -> str:
    """Returns the position of ``last`` in the order of ``rows``."""
    order = _order(rows)
    return _signer().sign_object([order, [_text(last, name) for name in order]])


def behind(rows: QuerySet[RowT], position: str) -> QuerySet[RowT]:
    """Returns the rows that come after ``position``; raises Invalid for one of another list or order."""
    order = _order(rows)
    try:
        of_order, texts = _signer().unsign_object(position)
    except (BadSignature, ValueError):
        raise Invalid.of({NAME: "Send the `next` of the page before."}) from None
    if of_order != order:
        raise Invalid.of(
            {NAME: "This page was ordered in another way. Send the same `ordering` with each page."}
        )
    values = [_field(rows, name).to_python(text) for name, text in zip(order, texts, strict=True)]
    return rows.filter(_behind([_field(rows, name) for name in order], order, values))


def _signer() -> Signer:
    return Signer(salt="flexsync.list")


def _order(rows: QuerySet[Any]) -> list[str]:
    """Returns the names by which ``rows`` are ordered, the last of them unique."""
    return [str(name) for name in rows.query.order_by or rows.model._meta.ordering]


def _field(rows: QuerySet[Any], name: str) -> "Field[Any, Any]":
    field: Field[Any, Any] = rows.model._meta.get_field(name.removeprefix("-"))
    return field


def _text(row: Model, name: str) -> str | None:
    field: Field[Any, Any] = row._meta.get_field(name.removeprefix("-"))  # type: ignore[assignment]
    return None if field.value_from_object(row) is None else field.value_to_string(row)


def _behind(fields: Sequence["Field[Any, Any]"], order: Sequence[str], values: Sequence[Any]) -> Q:
    """Returns what tells that a row comes after ``values``.

    PostgreSQL puts null after everything else, or before it in descending order.
    """
    field, value, descends = fields[0], values[0], order[0].startswith("-")
    equal = Q(**{f"{field.name}__isnull": True}) if value is None else Q(**{field.name: value})
    later = equal & _behind(fields[1:], order[1:], values[1:]) if len(fields) > 1 else Q(pk__in=())
    if value is None:
        return Q(**{f"{field.name}__isnull": False}) | later if descends else later
    further = Q(**{f"{field.name}__{'lt' if descends else 'gt'}": value})
    if field.null and not descends:
        return further | Q(**{f"{field.name}__isnull": True}) | later
    # What follows from the rest, so that PostgreSQL begins at this place of an index.
    return Q(**{f"{field.name}__{'lte' if descends else 'gte'}": value}) & (further | later)
