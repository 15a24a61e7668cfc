"""What needs a person now: groups of problems, worst first, counted by the database in one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, QuerySet, Sum, Value

from integrations.models import TriageMark
from integrations.triage import live
from integrations.triage.group import Group
from integrations.triage.kind import AMOUNT, TEXT, TIME, ProblemKind
from integrations.triage.kinds import KINDS

# Worst first: without a worker nothing else can be mended.
ORDER = (live.SILENT, KINDS[0], live.REFUSED, *KINDS[1:])


def groups(now: datetime, environment_id: str = "") -> list[Group]:
    """Returns the groups of an environment, of all unless given; dismissed ones are among them."""
    found = [*live.silent(now), *live.refused(environment_id, now), *_of_rows(KINDS, environment_id)]
    marks = TriageMark.objects.in_bulk([one.key for one in found], field_name="key") if found else {}
    for one in found:
        one.mark = marks.get(one.key)
    return sorted(found, key=lambda one: (ORDER.index(one.kind), -one.count, one.key))


def group(key: str, now: datetime) -> Group | None:
    """Returns the group with this key, None when nothing is left of it."""
    return next((one for one in groups(now) if one.key == key), None)


def _of_rows(kinds: Iterable[ProblemKind], environment_id: str) -> Iterable[Group]:
    first, *others = (_counted(place, kind, environment_id) for place, kind in enumerate(kinds))
    found: dict[str, Group] = {}
    for row in first.union(*others, all=True):
        one = _group(row)
        if one.key in found:
            found[one.key].join(one)
        else:
            found[one.key] = one
    return found.values()


def _counted(place: int, kind: ProblemKind, environment_id: str) -> QuerySet[Any, dict[str, Any]]:
    """A row for each group and currency."""
    rows = kind.rows().order_by()
    if environment_id:
        rows = rows.filter(**{kind.environment: environment_id})
    by = rows.values(
        group_kind=Value(place),
        group_connection=kind.connection,
        group_environment=F(kind.environment),
        group_cause=kind.named_cause(),
        group_currency=kind.currency,
    )
    counted: QuerySet[Any, dict[str, Any]] = by.annotate(
        group_count=Count("*"),
        group_first=Min(kind.seen),
        group_last=Max(kind.seen),
        group_oldest=Min(kind.shown, output_field=TEXT),
        group_deadline=Min(kind.deadline, output_field=TIME),
        group_amount=Sum(kind.amount, output_field=AMOUNT),
    )
    return counted


def _group(row: dict[str, Any]) -> Group:
    return Group(
        kind=KINDS[row["group_kind"]],
        connection_id=row["group_connection"] or "",
        environment_id=row["group_environment"],
        cause=row["group_cause"],
        count=row["group_count"],
        first_seen=row["group_first"],
        last_seen=row["group_last"],
        oldest=row["group_oldest"],
        deadline=row["group_deadline"],
        at_stake={row["group_currency"]: row["group_amount"]} if row["group_amount"] else {},
    )
