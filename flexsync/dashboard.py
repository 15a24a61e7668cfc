"""The admin's first page: what waits, what is stuck and needs a person, and whether the connections work."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Model, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince

from billing.admin.labels import badge
from billing.admin.links import list_url, row_url
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState

SHOWN = 5
SEEN = [f"integrations.view_{noun}" for noun in ("inboundevent", "outboundsync", "connection")]
STUCK = [SyncState.BLOCKED, SyncState.DEAD]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds to the index what the person may see of the two roads."""
    context["title"] = "Overview"
    if request.user.has_perms(SEEN):
        context["roads"] = [
            _road("Inbox", InboundEvent, InboundState.values, [InboundState.PENDING], "received_at"),
            _road("Outbox", OutboundSync, SyncState.values, list(OPEN_STATES), "created_at"),
        ]
        context["stuck"] = _stuck()
        context["connections"] = _connections()
    return context


def _road(title: str, model: Any, states: list[str], waiting: list[str], since: str) -> dict[str, Any]:
    """How many rows are in each state, and how long the oldest one has been waiting."""
    totals = model.objects.values("state").annotate(
        count=Count("pk"), oldest=Min(since, filter=Q(state__in=waiting))
    )
    found = {row["state"]: row for row in totals.order_by()}
    oldest = min((row["oldest"] for row in found.values() if row["oldest"]), default=None)
    return {
        "title": title,
        "url": list_url(model),
        "states": [
            {
                "badge": badge(state),
                "count": found.get(state, {"count": 0})["count"],
                "url": list_url(model, state__exact=state),
            }
            for state in states
        ],
        "oldest": _age(oldest),
    }


def _stuck() -> list[dict[str, Any]]:
    """The newest rows that go nowhere until a person acts."""
    syncs = OutboundSync.objects.filter(state__in=STUCK).select_related("connection")[:SHOWN]
    events = InboundEvent.objects.filter(state=InboundState.DEAD).defer("payload")[:SHOWN]
    rows = [
        _trouble(sync, sync.state, f"{sync.entity_type} …{sync.entity_id[-8:]}", sync.last_error)
        for sync in syncs
    ]
    return rows + [_trouble(event, event.state, event.type, event.reason) for event in events]


def _trouble(row: Model, state: str, what: str, why: str) -> dict[str, Any]:
    return {"state": badge(state), "what": what, "why": why, "url": row_url(row)}


def _connections() -> list[dict[str, Any]]:
    rows = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).select_related("environment")
    return [
        {
            "name": row.name,
            "url": row_url(row),
            "environment": row.environment,
            "mode": "live" if row.livemode else "test",
            "status": badge(row.status),
            "reason": row.status_reason,
        }
        for row in rows
    ]


def _age(oldest: datetime | None) -> str:
    if oldest is None:
        return ""
    now = timezone.now()
    return timesince(oldest, now) if now - oldest >= timedelta(minutes=1) else "less than a minute"
