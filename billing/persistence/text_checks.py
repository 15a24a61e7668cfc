"""Refuses text that PostgreSQL cannot store, and metadata that is not short names with short values."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from billing.errors import Invalid
from billing.texts import LONGEST_NAME, LONGEST_VALUE, MOST_PAIRS, is_storable


def check_texts(row: models.Model, inside: str = "") -> None:
    """Raises Invalid for a text column with characters that cannot be stored."""
    texts = {name: value for name, value in row.__dict__.items() if isinstance(value, str)}
    if is_storable("".join(texts.values())):
        return
    for name, value in texts.items():
        if not is_storable(value):
            raise Invalid.of({f"{inside}{name}": "NUL and surrogate characters cannot be stored."})


def check_metadata(metadata: Mapping[Any, Any], field: str) -> None:
    """Raises Invalid unless it is at most 50 pairs of text: names up to 40 characters, values up to 500."""
    if len(metadata) > MOST_PAIRS:
        raise Invalid.of({field: f"Send at most {MOST_PAIRS} pairs."})
    for name, value in metadata.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise Invalid.of({field: "Names and values must be text."})
        if not 1 <= len(name) <= LONGEST_NAME or len(value) > LONGEST_VALUE:
            raise Invalid.of(
                {field: f"Names have 1 to {LONGEST_NAME} characters, values at most {LONGEST_VALUE}."}
            )
        if not is_storable(name + value):
            raise Invalid.of({field: "NUL and surrogate characters cannot be stored."})
