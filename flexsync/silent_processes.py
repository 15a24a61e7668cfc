"""What the admin's first page says of processes that have fallen silent, or do nothing."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime

from billing.admin.labels import badge
from billing.admin.links import list_url
from integrations.models import Process
from integrations.processes import silence

MEANS = {
    "web": "Nobody reaches API and admin.",
    "webhooks": "Nothing that a provider posts is taken.",
    "worker": "No event is applied, and no change sent.",
    "beat": "Nothing is polled or compared, and what the broker loses is not found again.",
}
IDLE = "Workers live, but no task has ended since {}: look whether Redis responds, and start them again."


def rows(now: datetime) -> list[dict[str, Any]]:
    """Returns a row for each kind of which no process lives, and one where workers do nothing."""
    last = silence.newest()
    found = [_row("silent", kind, _silent(kind, at)) for kind, at in silence.silent(last, now).items()]
    if since := silence.idle(last, now):
        found.append(_row("idle", "worker", IDLE.format(_time(since))))
    return found


def _row(state: str, kind: str, why: str) -> dict[str, Any]:
    url = list_url(Process, kind__exact=kind)
    return {"state": badge(state), "what": kind, "why": f"{why} {MEANS[kind]}", "url": url}


def _silent(kind: str, last: datetime | None) -> str:
    return f"No {kind} since {_time(last)}." if last else f"There was no {kind} yet."


def _time(moment: datetime) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")
