"""What the change of an event replaced: ``previous_attributes`` (page "The Event object")."""

from collections.abc import Mapping
from typing import Any

from integrations.provider_api import Fields, Json
from integrations.providers.stripe.translate.fields import read_object


def replaced(payload: Json, inside: Mapping[str, tuple[str, ...]], empty: Mapping[str, Any]) -> Fields:
    """Values by field. ``inside``: the parts of those that are objects; ``empty``: what null means.

    A key of metadata that was added is null.
    """
    found: dict[str, Any] = {}
    for name, value in read_object(payload["data"], "previous_attributes").items():
        if name in inside or name == "metadata":
            parts = value if isinstance(value, Mapping) else {}
            names = inside.get(name, tuple(parts)) if not parts else tuple(parts)
            found |= {
                f"{name}.{part}": parts.get(part) if name == "metadata" else parts.get(part) or ""
                for part in names
            }
        elif name in empty:
            found[name] = empty[name] if value is None else value
    return found
