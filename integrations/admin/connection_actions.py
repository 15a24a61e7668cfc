"""What can be done with a connection: test it, pause it, resume it, register its webhook, archive it."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from unfold.enums import ActionVariant

from billing.admin.actions import on_row
from integrations.connections import credentials, manage
from integrations.models import Connection
from integrations.models.connections import ConnectionStatus


def in_use(connection: Connection) -> bool:
    """Whether the connection was not archived."""
    return connection.status != ConnectionStatus.ARCHIVED


def tested(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Asks the provider who the credentials belong to."""
    account = manage.test(connection)
    mode = "live" if account.livemode else "test"
    return f"It works: account {account.name} ({account.id}), {mode} mode."


def paused(_admin: Any, request: HttpRequest, connection: Connection) -> str:
    """Lets work wait in both directions."""
    manage.pause(connection, f"Paused by {request.user.get_username()}.")
    return f"{connection} is paused: events are kept and syncs wait."


def resumed(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Lets the work that waited go on."""
    manage.resume(connection)
    return f"{connection} is active again."


def registered(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Makes or mends the webhook endpoint at the provider."""
    endpoint = credentials.register_webhook(connection, timezone.now())
    return f"The provider sends its events to us now (endpoint {endpoint.endpoint_id})."


def archived(_admin: Any, _request: HttpRequest, connection: Connection) -> str:
    """Takes the connection out of use."""
    manage.archive(connection)
    return f"{connection} is archived."


class ConnectionActions:
    """The buttons of a connection's page."""

    actions_detail: Sequence[str | dict[str, Any]] = (
        "test",
        {"title": "More", "items": ["register_webhook", "pause", "resume", "archive"]},
    )

    test = on_row(
        "Test connection",
        explanation="Asks the provider who the credentials belong to. Nothing is changed.",
        icon="network_check",
        offered=in_use,
        variant=ActionVariant.PRIMARY,
    )(tested)
    register_webhook = on_row(
        "Register webhook endpoint",
        explanation="Creates the endpoint at the provider, or mends the one that is there.",
        icon="webhook",
        offered=in_use,
    )(registered)
    pause = on_row(
        "Pause",
        explanation="Nothing is applied or sent until somebody resumes the connection; nothing is lost.",
        icon="pause",
        offered=lambda connection: connection.status == "active",
    )(paused)
    resume = on_row(
        "Resume",
        explanation="What waited is applied and sent now.",
        icon="play_arrow",
        offered=lambda connection: connection.status in ("paused", "broken"),
    )(resumed)
    archive = on_row(
        "Archive",
        explanation="Its secrets are erased and nothing is sent any more. What came and went stays to be seen.",
        icon="archive",
        offered=in_use,
        variant=ActionVariant.DANGER,
    )(archived)
