"""The admin's first page: what is waiting, what needs an operator, and whether the connections work."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Model, QuerySet, Value, Window
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince

from billing import money
from billing.admin.labels import badge
from billing.admin.links import list_url, row_url
from billing.models import Invoice
from billing.models.invoices import PaymentStatus
from billing.services.invoices import amounts_paid
from flexsync import silent_processes
from integrations.admin import entity_links
from integrations.mappings import gone
from integrations.models import (
    Alarm,
    Conflict,
    Connection,
    EntityMapping,
    InboundEvent,
    OutboundSync,
    Process,
)
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState

SHOWN = 5
OVERPAID = PaymentStatus.OVERPAID
PERMISSIONS = [f"integrations.view_{noun}" for noun in ("inboundevent", "outboundsync", "connection")]
STUCK = [SyncState.BLOCKED, SyncState.DEAD]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the state of inbox, outbox and connections to the index, for users who may view them."""
    context["title"] = "Overview"
    if request.user.has_perms(PERMISSIONS):
        events, oldest_event = _states(InboundEvent, "received_at")
        syncs, oldest_sync = _states(OutboundSync, "created_at")
        waiting = [InboundState.PENDING]
        context["pipelines"] = [
            _pipeline("Inbox", InboundEvent, events, InboundState.values, oldest_event, waiting),
            _pipeline("Outbox", OutboundSync, syncs, SyncState.values, oldest_sync, OPEN_STATES),
        ]
        connections = _connections()
        context["connections"] = [_health_of(row) for row in connections]
        overpaid = _overpaid()
        silent = silent_processes.rows(timezone.now())
        found = [*_attention(connections, events, syncs, overpaid), _silence(silent)]
        context["attention"] = [problem for problem in found if problem["count"]]
        context["stuck"] = [*silent, *_stuck()]
        context["excesses"] = [
            _trouble(
                row, row.payment_status, f"Invoice {row}", f"{_excess(row)} paid in excess by {row.customer}"
            )
            for row in overpaid
        ]
    return context


def _states(model: Any, since: str) -> tuple[dict[str, int], dict[str, datetime]]:
    """Returns how many rows are in each state, and the oldest, read from the index of states alone."""
    rows = list(model.objects.order_by().values_list("state").annotate(count=Count("*"), oldest=Min(since)))
    return {state: count for state, count, _ in rows}, {state: oldest for state, _, oldest in rows}


def _pipeline(
    title: str,
    model: Any,
    counts: dict[str, int],
    states: list[str],
    oldest: dict[str, datetime],
    waiting: Iterable[str],
) -> dict[str, Any]:
    """Returns how many rows are in each state, and for how long the oldest has been waiting."""
    return {
        "title": title,
        "url": list_url(model),
        "states": [
            {
                "badge": badge(state),
                "count": counts.get(state, 0),
                "url": list_url(model, state__exact=state),
            }
            for state in states
        ],
        "oldest": _age(min((oldest[state] for state in waiting if state in oldest), default=None)),
    }


def _attention(
    connections: list[Connection], events: dict[str, int], syncs: dict[str, int], overpaid: list[Any]
) -> list[dict[str, Any]]:
    """Returns what needs an operator: how many of each, and the lists that show them."""
    broken = sum(row.status == ConnectionStatus.BROKEN for row in connections)
    open_ones = _counts(
        events=InboundEvent.objects.filter(conflict__isnull=False),
        values=Conflict.objects.filter(winner=""),
        missing=gone.undecided(),
        alarms=Alarm.objects.filter(ended_at=None),
    )
    dead, blocked = InboundState.DEAD, SyncState.BLOCKED
    counted = [
        (
            "overpaid invoice",
            overpaid[0].count if overpaid else 0,
            list_url(Invoice, payment_status__exact=OVERPAID),
        ),
        ("broken connection", broken, list_url(Connection, status__exact=ConnectionStatus.BROKEN)),
        ("open alarm", open_ones["alarms"], list_url(Alarm, state="open")),
        ("open conflict", open_ones["events"], list_url(InboundEvent, conflict="open")),
        ("conflicting value", open_ones["values"], list_url(Conflict, state="open")),
        ("missing counterpart", open_ones["missing"], list_url(EntityMapping, gone="open")),
        ("dead event", events.get(dead, 0), list_url(InboundEvent, state__exact=dead)),
        ("blocked sync", syncs.get(blocked, 0), list_url(OutboundSync, state__exact=blocked)),
        ("dead sync", syncs.get(dead, 0), list_url(OutboundSync, state__exact=dead)),
    ]
    return [{"what": what, "count": count, "url": url} for what, count, url in counted]


def _silence(silent: list[dict[str, Any]]) -> dict[str, Any]:
    return {"what": "silent kind of process", "count": len(silent), "url": list_url(Process)}


def _counts(**rows: QuerySet[Any]) -> Counter[str]:
    """Returns how many rows there are by name, in one query."""
    counted = [
        found.order_by().values(what=Value(name)).annotate(count=Count("*")) for name, found in rows.items()
    ]
    first, *others = counted
    return Counter({one["what"]: one["count"] for one in first.union(*others)})


def _stuck() -> list[dict[str, Any]]:
    """Returns the newest rows that need an operator."""
    syncs = OutboundSync.objects.filter(state__in=STUCK).select_related("connection")[:SHOWN]
    events = InboundEvent.objects.filter(state=InboundState.DEAD).defer("payload")[:SHOWN]
    rows = [
        _trouble(sync, sync.state, entity_links.name(sync.entity_type, sync.entity_id), sync.last_error)
        for sync in syncs
    ]
    return rows + [_trouble(event, event.state, event.type, event.reason) for event in events]


def _overpaid() -> list[Any]:
    """Returns the overpaid invoices that changed last; each says how many there are (``count``)."""
    found = Invoice.objects.filter(payment_status=OVERPAID).select_related("customer")
    return list(found.annotate(count=Window(Count("*"))).order_by("-updated_at")[:SHOWN])


def _excess(invoice: Invoice) -> str:
    amount = money.text(amounts_paid.excess(invoice), invoice.currency)
    return f"{amount} {invoice.currency}"


def _trouble(row: Model, state: str, what: str, why: str) -> dict[str, Any]:
    return {"state": badge(state), "what": what, "why": why, "url": row_url(row)}


def _connections() -> list[Connection]:
    return list(Connection.objects.exclude(status=ConnectionStatus.ARCHIVED).select_related("environment"))


def _health_of(row: Connection) -> dict[str, Any]:
    where = f"{row.environment}, {'live' if row.livemode else 'test'} mode"
    return _trouble(row, row.status, row.name, row.status_reason) | {"where": where}


def _age(oldest: datetime | None) -> str:
    if oldest is None:
        return ""
    now = timezone.now()
    return timesince(oldest, now) if now - oldest >= timedelta(minutes=1) else "less than a minute"
