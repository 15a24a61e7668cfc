"""Orderings that no index serves: all rows that match are read and sorted, so these have to be few."""

from typing import Any

from django.db.models import Index, Model, QuerySet, UniqueConstraint
from django.db.models.indexes import Index as AnyIndex

from billing.errors import Invalid

# As many are sorted as are counted without being asked.
SORTED = 10_000


def refuse_many(rows: QuerySet[Any]) -> None:
    """Raises Invalid where more than SORTED ``rows`` would be sorted by what no index has in order."""
    field, usual = (str(one[0]).removeprefix("-") for one in (rows.query.order_by, rows.model._meta.ordering))
    if (
        field == usual
        or has_index(rows.model, field)
        or rows.order_by().values("pk")[: SORTED + 1].count() <= SORTED
    ):
        return
    raise Invalid.of(
        {
            "ordering": f"More than {SORTED:,} match, too many to be sorted by {field}. Filter them, or leave this out."
        }
    )


def has_index(model: type[Model], name: str) -> bool:
    """Whether an index of all rows has them in the order of the field, alone or behind what a list is of."""
    field = model._meta.get_field(name)
    if getattr(field, "db_index", False) or getattr(field, "unique", False):
        return True
    return any(_serves(fields, name) for fields in _indexed(model))


def _indexed(model: type[Model]) -> list[list[str]]:
    """The fields of each index that has all rows in order."""
    whole: list[AnyIndex | UniqueConstraint] = [one for one in model._meta.indexes if type(one) is Index]
    whole += [one for one in model._meta.constraints if isinstance(one, UniqueConstraint)]
    return [[name.removeprefix("-") for name in one.fields] for one in whole if one.condition is None]


def _serves(fields: list[str], name: str) -> bool:
    return fields[:1] == [name] or (fields[:1] in (["environment"], ["connection"]) and fields[1:2] == [name])
