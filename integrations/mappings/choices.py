"""What a call has set for which a person waited, and that no push has recorded: noted before it is made."""

from datetime import datetime
from typing import Any

from billing.events import Kind
from integrations.mappings import bases, entity_mappings
from integrations.mappings.restoring import Replaced
from integrations.models import Connection
from integrations.provider_api import Fields, Json, registry, value_of

# Under which name the notes of a mapping keep them, {idempotency key: {"changes", "at"}}, and how many.
CHOICES, MOST = "choices", 5


def note(
    connection: Connection, kind: Kind, entity_id: str, key: str, chosen: tuple[str, Any], at: datetime
) -> None:
    """Notes what the call with that idempotency ``key`` gives which field; a repeated one is the same."""
    mergeable = registry.provider(connection.provider).mergeables.get(kind)
    notes = entity_mappings.notes_of(connection.pk, kind, entity_id)
    known, earlier = bases.known(notes, mergeable) if mergeable else None, notes.get(CHOICES, {})
    if known is None or key in earlier:
        return
    name, value = chosen
    choice = {"changes": {name: [value_of(known, name), value]}, "at": at.isoformat()}
    latest = sorted([*earlier.items(), (key, choice)], key=lambda one: str(one[1]["at"]))[-MOST:]
    entity_mappings.note(connection.pk, kind, entity_id, {CHOICES: dict(latest)})


def replaced(notes: Json, key: str, values: Fields) -> list[Replaced]:
    """``values``, by field, that the call has replaced; none where it knew them, or none is noted."""
    choice = notes.get(CHOICES, {}).get(key)
    if choice is None:
        return []
    at = datetime.fromisoformat(choice["at"])
    found = Replaced(key, values, [choice["changes"]], at, is_answered=True, chosen_at=at)
    return [found] if found.unseen() else []
