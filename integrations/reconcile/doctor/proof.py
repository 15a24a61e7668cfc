"""Proves that webhooks come: changes something harmless at the provider, and waits for its event."""

import secrets
import time
from contextlib import suppress

import structlog

from billing.errors import Conflict
from integrations.errors import SyncError
from integrations.gateway.guarded import GuardedGateway
from integrations.gateway.slots import waits
from integrations.models import Connection, InboundEvent
from integrations.models.inbound import InboundSource
from integrations.models.outbound import Priority
from integrations.provider_api import Diagnosis, registry

# Seconds: how long a person waits for the event, and between two looks.
PATIENCE, PAUSE = 15.0, 0.2

log = structlog.get_logger(__name__)


@waits
def prove(connection: Connection, *, seconds: float = PATIENCE) -> InboundEvent | None:
    """The event that a webhook has brought, None where none came in time.

    Raises Conflict where the provider has nothing harmless to change, Retry or Rejected as its API says.
    """
    diagnosis = registry.provider(connection.provider).diagnosis
    if diagnosis.provoke is None:
        raise Conflict("There is nothing harmless to change at this provider.", code="not_supported")
    gateway = GuardedGateway(connection, Priority.PERSON)
    object_id = diagnosis.provoke(gateway, key=f"doctor-{secrets.token_hex(8)}")
    try:
        return _wait(connection, object_id, seconds)
    finally:
        _undo(diagnosis, gateway, object_id)


def _wait(connection: Connection, object_id: str, seconds: float) -> InboundEvent | None:
    came = InboundEvent.objects.filter(
        connection=connection, object_id=object_id, source=InboundSource.WEBHOOK
    )
    deadline = time.monotonic() + seconds
    while (found := came.first()) is None and time.monotonic() < deadline:
        time.sleep(PAUSE)
    return found


def _undo(diagnosis: Diagnosis, gateway: GuardedGateway, object_id: str) -> None:
    """What stays harms nothing, so that it cannot be removed is only logged."""
    with suppress(SyncError):
        if diagnosis.undo is not None:
            diagnosis.undo(gateway, object_id)
        return
    log.warning("provoked_object_stays", object_id=object_id)
