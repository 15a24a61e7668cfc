"""For tests of inbound events: golden events from files, received through the real signature check."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from integrations.inbox import processing
from integrations.models import Connection, InboundEvent
from integrations.providers.stripe.provider import PROVIDER, ROUTES
from integrations.providers.stripe.webhook import HEADER, signature
from integrations.testing import SECRET
from integrations.webhooks import receive

GOLDEN = Path(__file__).parent / "tests" / "golden"


def golden_names() -> list[str]:
    """The names of all golden events: ``<resource>_<event>__<variant>``."""
    return sorted(path.stem for path in GOLDEN.glob("*.json"))


def golden(name: str) -> dict[str, Any]:
    """The golden event called ``name``."""
    event: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text())
    return event


def event_type(name: str) -> str:
    """The route of a golden event; raises KeyError if there is none."""
    return {route.replace(".", "_"): route for route in ROUTES}[name.partition("__")[0]]


def receive_signed(
    connection: Connection, event: dict[str, Any], now: datetime | None = None
) -> InboundEvent:
    """Receives ``event`` as if Stripe had sent it now, and processes it; returns its row."""
    now = now or timezone.now()
    event_id = store_signed(connection, event, now)
    processing.process(event_id, now)
    return InboundEvent.objects.get(pk=event_id)


def store_signed(connection: Connection, event: Mapping[str, Any], now: datetime) -> str:
    """Signs ``event`` and stores it through the webhook's entry point, pending; returns its row's id."""
    body = json.dumps(event, default=str).encode()
    timestamp = str(int(now.timestamp()))
    headers = {HEADER: f"t={timestamp},v1={signature(timestamp, body, SECRET)}"}
    event_id, _created = receive.receive(PROVIDER.slug, connection.id, headers, body, now)
    return event_id
