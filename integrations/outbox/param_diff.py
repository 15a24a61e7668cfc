"""What a call would change, field by field: the values that the provider has, and the new ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from integrations.provider_api import Fields, Json


@dataclass(frozen=True)
class Difference:
    """One field: ``before`` and ``after`` as the provider's API spells them, None for nothing."""

    field: str
    before: Any
    after: Any


def differences(
    last_known: Json, params: Json, since: Fields = MappingProxyType({})
) -> tuple[Difference, ...]:
    """The fields of ``params`` that differ from ``last_known``, and from what is known ``since`` of fields.

    A call changes no other fields.
    """
    known = dict(_flat("", last_known)) | {_path(name, last_known): one for name, one in since.items()}
    new_values = dict(_flat("", params)).items()
    return tuple(Difference(name, known.get(name), new) for name, new in new_values if known.get(name) != new)


def _path(field: str, last_known: Json) -> str:
    """Of a field that both sides edit: parts of a list are named there by one of their values."""
    name, _, inner = field.partition(".")
    for one in last_known.get(name) or () if isinstance(last_known.get(name), list) else ():
        key, _, rest = inner.partition(".")
        if key in one.values() and "id" in one:
            return f"{name}[{one['id']}]{rest and '.'}{rest}"
    return field


def _flat(name: str, value: Any) -> list[tuple[str, Any]]:
    """The leaves by their path; items of a list are named by their id where they have one."""
    if isinstance(value, Mapping):
        inner = ((f"{name}.{key}" if name else str(key), one) for key, one in value.items() if key != "id")
        return [leaf for path, one in inner for leaf in _flat(path, one)]
    if isinstance(value, list | tuple) and any(isinstance(one, Mapping) for one in value):
        parts = ((one.get("id", index), one) for index, one in enumerate(value))
        return [leaf for key, one in parts for leaf in _flat(f"{name}[{key}]", one)]
    return [(name, list(value) if isinstance(value, tuple) else value)]
