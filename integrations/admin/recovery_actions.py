"""The button of a connection's page that starts a recovery, and what it does on the doctor's page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from billing.admin.actions import on_row
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.reconcile.recovering import recoveries


def recover(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Starts a recovery, or agrees to the one that waits."""
    alarm = recoveries.start(connection, by=request.user.get_username(), now=timezone.now())
    return f"Nothing is sent until the import {alarm.started} is done, and events are polled; then it goes on by itself."


class RecoveryActions:
    """Recover."""

    recover = on_row(
        "Recover after a restore",
        explanation="For a database that was restored from a backup, where FlexSync did not notice it by itself. Nothing is sent"
        " until everything was imported and events were polled; then whatever may have been sent already is looked for"
        " before it is sent.",
        icon="settings_backup_restore",
        offered=lambda connection: connection.status != ConnectionStatus.ARCHIVED,
    )(recover)
