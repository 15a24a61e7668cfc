"""Names each wrong field of a body the way callers wrote it: ``lines[0].unit_amount``."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rest_framework.settings import api_settings

from billing.errors import Invalid


def flattened(detail: Any, inside: str = "") -> dict[str, str]:
    """Nested validation errors as {field: message}; what is wrong with the whole is under ``body``."""
    if isinstance(detail, dict):
        found: dict[str, str] = {}
        for name, inner in detail.items():
            found |= flattened(inner, _joined(inside, str(name)))
        return found
    if isinstance(detail, list) and any(isinstance(inner, dict | list) for inner in detail):
        found = {}
        for index, inner in enumerate(detail):
            found |= flattened(inner, f"{inside}[{index}]") if inner else {}
        return found
    message = " ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
    return {inside or "body": message}


def _joined(inside: str, name: str) -> str:
    if name == api_settings.NON_FIELD_ERRORS_KEY:
        return inside
    if not inside:
        return name
    return f"{inside}[{name}]" if name.isdigit() else f"{inside}.{name}"


@contextmanager
def of_one(parts: str) -> Iterator[None]:
    """For a body that is one of an object's parts: its fields have no ``lines[3].`` before their names."""
    try:
        yield
    except Invalid as error:
        inside = re.compile(rf"{parts}\[\d+\]\.")
        raise Invalid.of(
            {inside.sub("", name, count=1): text for name, text in error.details.items()}
        ) from None
