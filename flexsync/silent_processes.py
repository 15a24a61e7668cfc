"""What the admin's first page says of processes that have fallen silent."""

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


def rows(now: datetime) -> list[dict[str, Any]]:
    """Returns a row for each kind of which no process lives."""
    return [
        {
            "state": badge("silent"),
            "what": kind,
            "why": f"No {kind} since {_time(last)}. {MEANS[kind]}"
            if last
            else f"There was no {kind} yet. {MEANS[kind]}",
            "url": list_url(Process, kind__exact=kind),
        }
        for kind, last in silence.silent(now).items()
    ]


def _time(moment: datetime) -> str:
    return date_format(localtime(moment), "DATETIME_FORMAT")
