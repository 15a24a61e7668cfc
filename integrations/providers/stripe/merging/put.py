"""From values of Stripe's, by field, to changes of a row here."""

from collections.abc import Callable, Mapping
from typing import Any

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
        name: values[f"metadata.{name}"]
        for name in metadata.custom({"metadata": dict.fromkeys(_keys(values), "")})
    }
    if custom:
        merged = {**known, **custom}
        result["metadata"] = {name: value for name, value in merged.items() if value is not None}
    return result


def _is_removed(field: str, value: Any) -> bool:
    return value is None and field.startswith("metadata.")


def _keys(values: Fields) -> list[str]:
    return [field.removeprefix("metadata.") for field in values if field.startswith("metadata.")]
