"""From values of Stripe's, by field, to changes of a row here."""

from collections.abc import Callable, Mapping
from typing import Any

from billing import texts
from integrations.provider_api import Fields, Json, nested
from integrations.providers.stripe.translate import metadata


def changes(
    values: Fields, columns: Mapping[str, str], read: Callable[[Json], Json], known: Mapping[str, str]
) -> dict[str, Any]:
    """The changes of a row: ``columns`` names its columns by field, ``read`` translates Stripe's object.

    ``known``: the row's metadata, of which the other keys stay.
    """
    # A key that was removed is None, which is no value of Stripe's.
    found = read(nested({name: value for name, value in values.items() if not _is_removed(name, value)}))
    result = {
        column: found[column] for field, column in columns.items() if field in values and column in found
    }
    custom = {
        name: values[f"{metadata.INSIDE}{name}"] for name in metadata.custom({"metadata": _texts(values)})
    }
    if custom:
        result["metadata"] = _held(known, custom)
    return result


def _held(known: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """The metadata after ``changes`` (None removes a key), without new keys that it has no room for."""
    found = {**known, **{name: value for name, value in changes.items() if name in known}}
    kept = {name: value for name, value in found.items() if value is not None}
    added = {name: value for name, value in changes.items() if name not in known and value is not None}
    return kept | dict(sorted(added.items())[: max(texts.MOST_PAIRS - len(kept), 0)])


def _is_removed(field: str, value: Any) -> bool:
    return value is None and field.startswith(metadata.INSIDE)


def _texts(values: Fields) -> dict[str, str]:
    """Its metadata, "" for a key that was removed."""
    inside = (field for field in values if field.startswith(metadata.INSIDE))
    return {field.removeprefix(metadata.INSIDE): values[field] or "" for field in inside}
