"""The admin's first page: what needs a person, worst first; connections, and both backlogs."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince

from billing.admin.labels import badge
from billing.admin.links import list_url, row_url
from flexsync import problem_rows
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.triage.groups import groups

PERMISSIONS = [f"integrations.view_{noun}" for noun in ("inboundevent", "outboundsync", "connection")]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds what needs a person, inbox, outbox and connections, for users who may view them."""
    context["title"] = "Overview"
    if request.user.has_perms(PERMISSIONS):
        now = timezone.now()
        connections = list(
            Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).select_related("environment")
        )
        context["connections"] = [_health_of(row) for row in connections]
        context |= problem_rows.shown(request.user, groups(now), connections, now)
        context["pipelines"] = [
            _pipeline("Inbox", InboundEvent, "received_at", InboundState.values, [InboundState.PENDING], now),
            _pipeline("Outbox", OutboundSync, "created_at", SyncState.values, OPEN_STATES, now),
        ]
    return context


def _pipeline(
    title: str, model: Any, since: str, states: list[str], waiting: Iterable[str], now: datetime
) -> dict[str, Any]:
    """Returns how many rows are in each state, and for how long the oldest has been waiting.

    Read from the index of states alone.
    """
    counted = model.objects.order_by().values_list("state").annotate(count=Count("*"), oldest=Min(since))
    rows = {state: (count, oldest) for state, count, oldest in counted}
    oldest = min((rows[state][1] for state in waiting if state in rows), default=None)
    return {
        "title": title,
        "url": list_url(model),
        "states": [
            {
                "badge": badge(state),
                "count": rows.get(state, (0, None))[0],
                "url": list_url(model, state__exact=state),
            }
            for state in states
        ],
        "oldest": _age(oldest, now),
    }


def _health_of(row: Connection) -> dict[str, Any]:
    where = f"{row.environment}, {'live' if row.livemode else 'test'} mode"
    return {
        "state": badge(row.status),
        "what": row.name,
        "why": row.status_reason,
        "url": row_url(row),
        "where": where,
    }


def _age(oldest: datetime | None, now: datetime) -> str:
    if oldest is None:
        return ""
    return timesince(oldest, now) if now - oldest >= timedelta(minutes=1) else "less than a minute"
