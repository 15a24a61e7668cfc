"""The buttons of a connection's page: test, pause, resume, register the webhook, archive."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from integrations.admin.comparison_actions import ComparisonActions
from integrations.admin.import_actions import ImportActions
from integrations.admin.provider_links import label
from integrations.admin.recovery_actions import RecoveryActions
from integrations.connections import credentials, manage
from integrations.connections.collectors import asked_for
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus
from integrations.outbox import switching


def in_use(connection: Connection) -> bool:
    """Returns whether the connection is not archived."""
    return connection.status != ConnectionStatus.ARCHIVED


def test_connection(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Asks the provider who the credentials belong to."""
    account = manage.test(connection)
    mode = "live" if account.livemode else "test"
    return f"The connection works: account {account.name} ({account.id}), {mode} mode."


def pause_connection(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Stops work in both directions until the connection is resumed."""
    manage.pause(connection, f"Paused by {request.user.get_username()}.")
    return f"{connection} is paused: events are stored and syncs wait until you resume it."


def resume_connection(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Continues the work that waited."""
    manage.resume(connection)
    return f"{connection} is active again: waiting events and syncs continue."


def register_webhook_endpoint(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Creates or repairs the webhook endpoint at the provider."""
    endpoint = credentials.register_webhook(connection, timezone.now())
    return f"{label(connection.provider)} now sends its events to FlexSync (endpoint {endpoint.endpoint_id})."


def archive_connection(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Takes the connection out of use."""
    open_there = asked_for(connection).count()
    switching.archive(connection, leave_invoices_open=True)
    left = f" {open_there} invoices stay open at its account." if open_there else ""
    return (
        f"{connection} is archived: its secrets are erased, and nothing is sent or received any more.{left}"
    )


ITEMS = [
    "register_webhook",
    "start_import",
    "count_import",
    "start_comparison",
    "recover",
    "pause",
    "resume",
    "archive",
]


class ConnectionActions(ImportActions, ComparisonActions, RecoveryActions):
    """The buttons of a connection's page."""

    actions_detail: Sequence[str | dict[str, Any]] = (
        "test",
        {"title": "More", "items": ITEMS},
    )

    test = on_row(
        "Test connection",
        explanation="Asks the provider who the credentials belong to. Nothing is changed.",
        icon="network_check",
        offered=in_use,
        variant=ActionVariant.PRIMARY,
    )(test_connection)
    register_webhook = on_row(
        "Register webhook endpoint",
        explanation="Creates the endpoint at the provider, or repairs the existing one.",
        icon="webhook",
        offered=in_use,
    )(register_webhook_endpoint)
    pause = on_row(
        "Pause",
        explanation="No event is applied and nothing is sent until you resume the connection. Nothing is lost.",
        icon="pause",
        offered=lambda connection: connection.status == "active",
    )(pause_connection)
    resume = on_row(
        "Resume",
        explanation="Waiting events are applied and waiting syncs are sent.",
        icon="play_arrow",
        offered=lambda connection: connection.status in ("paused", "broken"),
    )(resume_connection)
    archive = on_row(
        "Archive",
        explanation="Its secrets are erased, and nothing is sent or received any more. Its events, syncs and mappings"
        " are kept. Invoices that are open at its account stay open there, and nobody here hears of it when they are paid: void or"
        " move them first. This cannot be undone.",
        icon="archive",
        offered=in_use,
        variant=ActionVariant.DANGER,
    )(archive_connection)
