"""Groups of problems as the admin's first page shows them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from billing import durations
from billing.admin.links import list_url, url_of
from integrations.admin.triage_pages import may_try_again
from integrations.models import Connection, Process
from integrations.triage.group import Group

# How many groups are shown; how many more there are is said.
MOST = 30


def shown(
    user: Any, found: Sequence[Group], connections: Iterable[Connection], now: datetime
) -> dict[str, Any]:
    """Returns the groups that a person has not dismissed, how many more there are, and those dismissed."""
    names = {row.pk: row for row in connections}
    rows = [_row(user, group, names.get(group.connection_id), now) for group in found]
    open_ones = [row for row in rows if not row["is_dismissed"]]
    return {
        "problems": open_ones[:MOST],
        "more_problems": max(len(open_ones) - MOST, 0),
        "dismissed": [row for row in rows if row["is_dismissed"]],
    }


def _row(user: Any, group: Group, connection: Connection | None, now: datetime) -> dict[str, Any]:
    kind, mark = group.kind, group.mark
    model = kind.model._meta.model_name
    return {
        "count": group.count,
        "title": kind.title,
        "cause": group.why,
        "remedy": kind.remedy,
        "connection": connection,
        "first": durations.ago(group.first_seen, now),
        "last": durations.ago(group.last_seen, now),
        "first_at": group.first_seen,
        "last_at": group.last_seen,
        "at_stake": group.stakes(),
        "deadline": group.deadline,
        "is_late": bool(group.deadline and group.deadline < now),
        "left": durations.since(now, group.deadline) if group.deadline else "",
        "assigned_to": mark.assigned_to if mark else "",
        "note": mark.note if mark else "",
        "at_doctor": kind.at_doctor,
        "is_dismissed": group.is_dismissed,
        "dismissed_by": mark.dismissed_by if mark else "",
        "dismissed_reason": mark.dismissed_reason if mark else "",
        "url": _list(user, group) if user.has_perm(f"{kind.model._meta.app_label}.view_{model}") else "",
        "again": kind.again if may_try_again(user, group) else "",
        "deeds": _deeds(group) if user.has_perm("integrations.change_triagemark") else {},
    }


def _list(user: Any, group: Group) -> str:
    """Where its rows are, or the only one; the doctor where that says more, or the connection."""
    model = group.kind.model
    if model is Process:
        return list_url(Process)
    if group.kind.at_doctor:
        doctor = reverse("admin:integrations_connection_doctor", args=[group.connection_id])
        may_examine = user.has_perm("integrations.change_connection")
        return doctor if may_examine else url_of(Connection, group.connection_id)
    if group.count == 1:
        return url_of(model, group.oldest)
    return list_url(model, problem=group.key)


def _deeds(group: Group) -> dict[str, str]:
    """The pages on which something is said of it, by name."""
    named = urlencode({"group": group.key})
    names = ("assign", "note", "dismiss", "restore", "again")
    return {name: f"{reverse(f'admin:integrations_triagemark_{name}')}?{named}" for name in names}
