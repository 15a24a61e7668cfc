"""Whether webhooks come at all: the endpoint at the provider is enabled, and brings what is in the list."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from integrations.connections import credentials
from integrations.errors import SyncError
from integrations.gateway import epoch_names, epochs
from integrations.models import Connection, InboundEvent
from integrations.models.alarms import AlarmCode
from integrations.models.inbound import InboundSource
from integrations.provider_api import Endpoint, Gateway, registry
from integrations.reconcile.catch_up import alarms

# How long no webhook has come since a poll found an event, before that is an alarm.
SILENT_AFTER = timedelta(minutes=15)
DISABLED = (
    "The provider has disabled the webhook endpoint, as it does after days without an answer. Mend the cause, then"
    " register the webhook again. Until then events come by polls only, some minutes late."
)
SILENT = (
    "No webhook has come since {since:%Y-%m-%d %H:%M} UTC, though there were events, which polls have found. Run the"
    " doctor: it says what is wrong with the endpoint."
)


class NotThere:
    """No endpoint leads to the connection."""


log = structlog.get_logger(__name__)


def check(connection: Connection, gateway: Gateway, now: datetime) -> None:
    """Raises the alarms of the endpoint, or ends them; sees there whether the database was restored."""
    known = epoch_names.known(connection)
    if (found := _find(connection, gateway)) is not None:
        message = "" if isinstance(found, NotThere) or found.is_enabled else DISABLED
        _set(connection, AlarmCode.ENDPOINT_DISABLED, message, now)
    if isinstance(found, Endpoint):
        _learn(connection, found)
        epochs.compare(connection, found.notes, known)
    since = silent_since(connection, now)
    message = SILENT.format(since=since) if since else ""
    _set(connection, AlarmCode.WEBHOOKS_SILENT, message, now)


def silent_since(connection: Connection, now: datetime) -> datetime | None:
    """Since when polls find events and no webhook comes; None where webhooks do."""
    missed = InboundEvent.objects.filter(connection=connection).missed()
    newest = missed.filter(received_at__lte=now - SILENT_AFTER).order_by("-received_at").first()
    if newest is None:
        return None
    later = InboundEvent.objects.filter(connection=connection, received_at__gte=newest.received_at)
    if later.filter(source=InboundSource.WEBHOOK).exists():
        return None
    if InboundEvent.objects.filter(connection=connection, webhook_at__gte=newest.received_at).exists():
        return None
    return newest.received_at


def _find(connection: Connection, gateway: Gateway) -> Endpoint | NotThere | None:
    """None where the provider cannot say: without permission, or because it does not answer."""
    webhooks = registry.provider(connection.provider).webhooks
    if webhooks is None or webhooks.find is None:
        return None
    try:
        found = webhooks.find(
            gateway,
            leads_here=partial(credentials.leads_to, connection),
            endpoint_id=connection.webhook_endpoint_id,
        )
    except SyncError as failure:
        log.info("endpoint_not_checked", connection_id=connection.pk, reason=connection.masked(str(failure)))
        return None
    return found or NotThere()


def _learn(connection: Connection, found: Endpoint) -> None:
    """Of one that a person has registered by hand, or that has taken the place of another."""
    if connection.webhook_endpoint_id != found.endpoint_id:
        connection.webhook_endpoint_id = found.endpoint_id
        connection.save(update_fields=["webhook_endpoint_id", "updated_at"])
        epochs.try_again(connection)


def _set(connection: Connection, code: AlarmCode, message: str, now: datetime) -> None:
    if message:
        alarms.start(connection, code, message, now)
    else:
        alarms.end(connection, code, now)
