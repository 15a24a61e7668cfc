"""Which type of JSON a field takes: what has another one is refused, not converted in silence."""

from typing import Any

from rest_framework import serializers

from billing.api import moments

# The first that fits decides.
TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], tuple[type, ...], str], ...] = (
    (serializers.BooleanField, (bool,), "Send true or false."),
    (serializers.CharField, (str,), "Not a valid string."),
    (serializers.ChoiceField, (str,), "Not a valid string."),
    (serializers.DateTimeField, (str,), "Send a date and time, such as 2026-03-01T12:00:00Z."),
)


def mistyped(field: serializers.Field[Any, Any, Any, Any], value: Any) -> Any:
    """What is wrong with the type of ``value``, nested as validation errors are; None when nothing is.

    null is left to the field, and so are objects and lists of objects, which check their own fields.
    """
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        found = [_of_child(field, one) for one in value]
        return found if any(found) else None
    if isinstance(field, serializers.DictField) and isinstance(value, dict):
        return {name: wrong for name, one in value.items() if (wrong := _of_child(field, one))} or None
    return None if value is None else _wrong(field, value)


def _of_child(field: serializers.ListField | serializers.DictField, value: Any) -> Any:
    return mistyped(field.child, value) or {}


def _wrong(field: serializers.Field[Any, Any, Any, Any], value: Any) -> list[str] | None:
    for kind, types, message in TYPES:
        if isinstance(field, kind):
            return _without_zone(field, value) if type(value) in types else [message]
    return None


def _without_zone(field: serializers.Field[Any, Any, Any, Any], value: Any) -> list[str] | None:
    is_vague = isinstance(field, serializers.DateTimeField) and moments.has_no_zone(value)
    return [moments.NO_ZONE] if is_vague else None
