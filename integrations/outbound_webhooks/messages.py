"""An event as others read it: the same by webhook and by the API."""

import json
from typing import Any

from integrations.models import WebhookEvent

# Bytes of a body; an event that is larger leaves its object out, which the API shows.
LARGEST = 256 * 1024


def shown(event: WebhookEvent) -> dict[str, Any]:
    """The event; ``previous``: what the changed fields held before."""
    return {
        "id": event.pk,
        "type": event.type,
        "timestamp": _time(event.created_at),
        "environment_id": event.environment_id,
        "cursor": str(event.position),
        "object_type": event.object_type,
        "object_id": event.object_id,
        "sequence": event.sequence,
        "action": event.action,
        "shape": event.shape,
        "data": event.data,
        "data_at": _time(event.data_at),
        "previous": previous(event),
        "actor_type": event.actor_type,
        "request_id": event.request_id,
    }


def body(event: WebhookEvent) -> bytes:
    """The body of a webhook."""
    message = shown(event)
    text = _text(message)
    if len(text) > LARGEST:
        text = _text(message | {"data": {"id": event.object_id}, "previous": {}, "data_omitted": True})
    return text


def previous(event: WebhookEvent) -> dict[str, Any]:
    """What the changed fields that the object shows held before; of a new object nothing."""
    if event.action == "created":
        return {}
    shown = event.data or {}
    is_gone = "deleted" in shown
    return {name: before for name, (before, _after) in event.changes.items() if is_gone or name in shown}


def _text(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _time(at: Any) -> str | None:
    return f"{at.isoformat(timespec='milliseconds')[:-6]}Z" if at else None
