"""Checks of what restricted credentials may do: reading is tried, writing is known once it was done."""

from collections.abc import Iterator

from django.db.models import Q

from integrations.errors import Forbidden
from integrations.models import OutboundCall, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import CallState, SyncState
from integrations.provider_api import Permission
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, error, ok, unknown

# How many of the pushes that wait are read for why.
SOME = 200
WAITING = (SyncState.PENDING, SyncState.SENDING, SyncState.BLOCKED)
ADVICE = "Give the key this permission at the provider, or store another key. Then test the connection."


def permissions(exam: Examination) -> Iterator[Finding]:
    """Each permission that the switches need."""
    if exam.has_error("key") or not exam.is_answered:
        yield unknown("permissions", "permissions_unknown", "What the key may do is not known.")
        return
    if not exam.provider.diagnosis.is_restricted(exam.credentials or {}):
        yield ok("permissions", "The key is not restricted.")
        return
    missing, unused = _sorted(exam)
    for name in missing:
        yield error("permissions", "permission_missing", f"The key lacks {name}.", ADVICE)
    if unused:
        message = f"Whether the key has {', '.join(unused)} is known once it was used."
        yield unknown("permissions", "permission_unused", message)
    if not missing and not unused:
        yield ok("permissions", "The key may do all that the switches need.")


def _needed(exam: Examination) -> list[Permission]:
    return [
        one
        for one in exam.provider.diagnosis.permissions
        if not one.switches or any(getattr(exam.connection, switch) for switch in one.switches)
    ]


def _sorted(exam: Examination) -> tuple[list[str], list[str]]:
    """The names of those that are missing, and of those of which nothing is known."""
    refused = _refused(exam)
    missing, unused = [], []
    for one in _needed(exam):
        if one.name in refused:
            missing.append(one.name)
        elif one.probe is None:
            if not _was_done(exam, one):
                unused.append(one.name)
        elif isinstance(failure := exam.asks(*one.probe), Forbidden):
            missing.append(one.name)
        elif failure is not None:
            unused.append(one.name)
    return missing, unused


def _was_done(exam: Examination, permission: Permission) -> bool:
    """Whether a call that needs it was answered, since these credentials were stored."""
    done = OutboundCall.objects.filter(
        sync__connection=exam.connection,
        state=CallState.DONE,
        started_at__gte=exam.connection.credentials_at,
        sync__created_at__gte=exam.connection.credentials_at,
    )
    such = Q()
    for beginning in permission.operations:
        such |= Q(operation__startswith=beginning)
    return done.filter(such).exclude(operation__endswith=".list").exclude(
        operation__endswith=".retrieve"
    ).exists()  # fmt: skip


def _refused(exam: Examination) -> set[str]:
    """The permissions that refusals have named, of the connection or of pushes that wait for them."""
    waiting = OutboundSync.objects.filter(connection=exam.connection, state__in=WAITING).exclude(
        last_error=""
    )
    reasons = list(waiting.order_by("-created_at").values_list("last_error", flat=True)[:SOME])
    if exam.connection.status == ConnectionStatus.BROKEN:
        reasons.append(exam.connection.status_reason)
    return {exam.provider.diagnosis.refused(reason) for reason in reasons} - {""}
