"""What a call would change, field by field: what the provider is known to hold, and what it would be told instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.provider_api import Json


@dataclass(frozen=True)
class Difference:
    """One field: ``before`` and ``after`` as the provider's API spells them, None for nothing."""

    field: str
    before: Any
    after: Any


def differences(held: Json, params: Json) -> tuple[Difference, ...]:
    """The fields of ``params`` that ``held`` says otherwise; what ``params`` does not name stays as it is."""
    known = dict(_flat("", held))
    told = dict(_flat("", params)).items()
    return tuple(Difference(name, known.get(name), new) for name, new in told if known.get(name) != new)


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """Leaves by their path; a list's parts go by their id where they have one."""
    if isinstance(value, Mapping):
        inner = ((f"{name}.{key}" if name else str(key), one) for key, one in value.items() if key != "id")
        return [leaf for path, one in inner for leaf in _flat(path, one)]
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        parts = ((one.get("id", index), one) for index, one in enumerate(value))
        return [leaf for key, one in parts for leaf in _flat(f"{name}[{key}]", one)]
    return [(name, list(value) if isinstance(value, tuple) else value)]
