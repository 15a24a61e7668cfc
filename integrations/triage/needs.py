"""What invoices need: which of them wait for somebody, by what is to be done about them."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Value

from billing.events import Kind
from billing.models import Invoice
from billing.models.invoices import PaymentStatus, overdue
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.provider_api import registry
from integrations.triage import open_rows
from integrations.triage.kinds import BY_CODE

Invoices = QuerySet[Invoice]


@dataclass(frozen=True)
class Need:
    """``rows``(now): the invoices that have it. ``remedy``: what is to be done."""

    label: str
    remedy: str
    rows: Callable[[datetime], Invoices]


def _disputed(_now: datetime) -> Invoices:
    return Invoice.objects.filter(pk__in=open_rows.disputes().values("payment__invoice"))


def _stopped(_now: datetime) -> Invoices:
    syncs = OutboundSync.objects.without_refreshes().filter(
        entity_type=Kind.INVOICE, state__in=(SyncState.BLOCKED, SyncState.DEAD)
    )
    return Invoice.objects.filter(pk__in=syncs.values("entity_id"))


def _only_here(_now: datetime) -> Invoices:
    """Those that a connection is to have and has not, and that are not on their way either."""
    found = Q(pk__in=())
    for connection in Connection.objects.exclude(status=ConnectionStatus.ARCHIVED):
        found |= _missing_at(connection)
    return Invoice.objects.filter(found)


def _missing_at(connection: Connection) -> Q:
    provider = registry.providers().get(connection.provider)
    compared = (
        next((one for one in provider.comparables if one.kind == Kind.INVOICE), None) if provider else None
    )
    if compared is None or not (compared.outbound and getattr(connection, compared.outbound)):
        return Q(pk__in=())
    own = {"connection": connection, "entity_type": Kind.INVOICE, "entity_id": OuterRef("pk")}
    known = EntityMapping.objects.filter(**own)
    on_the_way = OutboundSync.objects.filter(**own, state__in=OPEN_STATES)
    here = compared.sent(connection.pk) & Q(environment=connection.environment_id)
    return here & ~Q(Exists(known)) & ~Q(Exists(on_the_way))


# Worst first, as home has them.
NEEDS: dict[str, Need] = {
    "overpaid": Need("Overpaid", BY_CODE["overpaid"].remedy, lambda _now: open_rows.overpaid()),
    "disputed": Need("Disputed", BY_CODE["dispute"].remedy, _disputed),
    "blocked": Need("Blocked", BY_CODE["blocked_push"].remedy, _stopped),
    "failed": Need(
        "Failed",
        BY_CODE["collection_failed"].remedy,
        lambda _now: open_rows.collected(PaymentStatus.FAILED)(),
    ),
    "to_confirm": Need(
        "To be confirmed",
        BY_CODE["authentication_needed"].remedy,
        lambda _now: open_rows.collected(PaymentStatus.REQUIRES_ACTION)(),
    ),
    "overdue": Need(
        "Overdue",
        "Ask the customer, charge a saved method, or record what has come, on the invoice's page.",
        lambda now: Invoice.objects.filter(overdue(now)),
    ),
    "only_here": Need(
        "Not at the provider",
        "The connection is to have them and has not: choose them, and “Sync to connections”.",
        _only_here,
    ),
}


def with_any(now: datetime) -> QuerySet[Any, Any]:
    """The ids of the invoices that need something."""
    first, *others = (need.rows(now).order_by().values("pk") for need in NEEDS.values())
    return first.union(*others)


def counts(now: datetime, environment_id: str = "") -> dict[str, int]:
    """How many need what, of an environment or of all, in one statement."""
    within = {"environment": environment_id} if environment_id else {}
    branches = (
        _named(code, need.rows(now).filter(**within))
        .annotate(number=Count("*"))
        .values_list("need", "number")
        for code, need in NEEDS.items()
    )
    return dict.fromkeys(NEEDS, 0) | dict(_together(branches))


def of(ids: Collection[str], now: datetime) -> dict[str, list[str]]:
    """What each of those invoices needs, in one statement."""
    branches = (
        _named(code, need.rows(now).filter(pk__in=ids)).values_list("pk", "need")
        for code, need in NEEDS.items()
    )
    found: dict[str, list[str]] = {}
    for row_id, code in _together(branches):
        found.setdefault(row_id, []).append(code)
    return {row_id: sorted(codes, key=list(NEEDS).index) for row_id, codes in found.items()}


def _named(code: str, rows: Invoices) -> QuerySet[Any, Any]:
    return rows.order_by().values(need=Value(code, CharField()))


def _together(branches: Iterable[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    first, *others = branches
    return first.union(*others, all=True)
