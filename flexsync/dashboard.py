"""The admin's first page: what needs a person, worst first; connections, and both backlogs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.http import HttpRequest
from django.utils import timezone

from billing import durations
from billing.admin import environment_switch
from billing.admin.labels import badge
from billing.admin.links import list_url, row_url
from flexsync import problem_rows
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.triage.groups import groups

# What nearly all rows become.
SETTLED = (InboundState.APPLIED, InboundState.IGNORED, SyncState.DONE, SyncState.CANCELLED)
PERMISSIONS = [f"integrations.view_{noun}" for noun in ("inboundevent", "outboundsync", "connection")]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds what needs a person, inbox, outbox and connections, for users who may view them."""
    context["title"] = "Overview"
    if request.user.has_perms(PERMISSIONS):
        now = timezone.now()
        in_use = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).select_related("environment")
        connections = list(environment_switch.only_chosen(request, in_use))
        context["connections"] = [_health_of(row) for row in connections]
        found = groups(now, environment_switch.chosen(request))
        context |= problem_rows.shown(request.user, found, connections, now)
        context["pipelines"] = [
            _pipeline(
                request, "Inbox", InboundEvent, "received_at", InboundState, [InboundState.PENDING], now
            ),
            _pipeline(request, "Outbox", OutboundSync, "created_at", SyncState, OPEN_STATES, now),
        ]
    return context


def _pipeline(
    request: HttpRequest,
    title: str,
    model: Any,
    since: str,
    of_states: Any,
    waiting: Iterable[str],
    now: datetime,
) -> dict[str, Any]:
    """Returns how many rows are in each state, and for how long the oldest has been waiting.

    Read from the index of states alone; which tells no environments, so of one only states with few rows.
    """
    is_one = environment_switch.chosen(request)
    states = [state for state in of_states.values if not (is_one and state in SETTLED)]
    rows = environment_switch.only_chosen(request, model.objects.order_by())
    counted = rows.filter(state__in=states) if is_one else rows
    counted = counted.values_list("state").annotate(count=Count("*"), oldest=Min(since))
    numbers = {state: (count, oldest) for state, count, oldest in counted}
    oldest = min((numbers[state][1] for state in waiting if state in numbers), default=None)
    return {
        "title": title,
        "url": list_url(model),
        "states": [
            {
                "badge": badge(state),
                "count": numbers.get(state, (0, None))[0],
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
    return durations.since(oldest, now) if oldest else ""
