"""A person changes or deletes a connection: subscriptions that wait until one alone would bill them go on."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations.connections import manage
from integrations.errors import BILLED
from integrations.models import Connection, OutboundSync
from integrations.models.connections import ConnectionStatus
from integrations.models.outbound import SyncAction, SyncState
from integrations.outbox import obstacles

OFF = "subscription_outbound_enabled is off here, so that another connection bills it."


@transaction.atomic
def update(connection: Connection, *, switches: Mapping[str, bool], **changes: Any) -> Connection:
    """``manage.update``."""
    connection = manage.update(connection, switches=switches, **changes)
    if switches:
        _go_on(connection)
    return connection


def archive(connection: Connection, *, leave_invoices_open: bool = False) -> None:
    """``manage.archive``."""
    manage.archive(connection, leave_invoices_open=leave_invoices_open)
    with transaction.atomic():
        _go_on(connection)


def _go_on(connection: Connection) -> None:
    waiting = OutboundSync.objects.filter(
        connection__environment_id=connection.environment_id,
        entity_type=Kind.SUBSCRIPTION,
        action=SyncAction.PUSH,
        state=SyncState.BLOCKED,
        waits_for__startswith=BILLED,
    )
    waiting = waiting.exclude(connection__status=ConnectionStatus.ARCHIVED)
    off = waiting.filter(connection__subscription_outbound_enabled=False)
    off.update(state=SyncState.CANCELLED, waits_for="", last_error=OFF)
    for sync in waiting.order_by("pk").select_for_update(of=("self",)):
        obstacles.go_on(sync, timezone.now())
