"""What a call would change, field by field: the values that the provider has, and the new ones."""

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


def differences(last_known: Json, params: Json) -> tuple[Difference, ...]:
    """The fields of ``params`` that differ from ``last_known``; a call changes no other fields."""
    known = dict(_flat("", last_known))
    new_values = dict(_flat("", params)).items()
    return tuple(Difference(name, known.get(name), new) for name, new in new_values if known.get(name) != new)


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """The leaves by their path; items of a list are named by their id where they have one."""
    if isinstance(value, Mapping):
        inner = ((f"{name}.{key}" if name else str(key), one) for key, one in value.items() if key != "id")
        return [leaf for path, one in inner for leaf in _flat(path, one)]
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        parts = ((one.get("id", index), one) for index, one in enumerate(value))
        return [leaf for key, one in parts for leaf in _flat(f"{name}[{key}]", one)]
    return [(name, list(value) if isinstance(value, tuple) else value)]
