"""Whether columns can hold the values of a row: the checks of Django's fields, which most values need not go
through.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db import models

# URLs that URLValidator always accepts, up to the length of the shortest column.
PLAIN_URL = re.compile(r"https://(?:[a-z0-9]{1,60}\.){1,4}[a-z]{2,20}/[!-~]{0,100}")

# Whether a value is certainly valid; False when the field's own checks have to decide.
Accepts = Callable[[Any], bool]


def wrong(row: models.Model) -> dict[str, str]:
    """What is wrong, by the name of the field; foreign keys are not checked."""
    values = row.__dict__
    doubtful = {
        name
        for name, accepts, empty in _fast_paths(type(row))
        if not accepts(values[name]) and values[name] not in empty
    }
    if not doubtful:
        return {}
    try:
        row.clean_fields(exclude={one.name for one in row._meta.concrete_fields} - doubtful)
    except ValidationError as error:
        return {name: " ".join(texts) for name, texts in error.message_dict.items()}
    return {}


@cache
def _fast_paths(model: type[models.Model]) -> tuple[tuple[str, Accepts, Sequence[Any]], ...]:
    """A fast path for each column but foreign keys, and the values that Django takes for empty."""
    return tuple(
        (one.attname, _fast_path(one), tuple(one.empty_values) if one.blank else ())
        for one in model._meta.concrete_fields
        if not one.is_relation
    )


def _fast_path(field: models.Field[Any, Any]) -> Accepts:
    """A check that is False wherever the field's own checks have to decide."""
    if isinstance(field, models.URLField):
        return lambda value: isinstance(value, str) and bool(PLAIN_URL.fullmatch(value))
    if isinstance(field, models.CharField | models.TextField):
        return _of_text(field)
    if isinstance(field, models.DecimalField):
        return _of_decimal(field)
    if isinstance(field, models.BooleanField):
        return lambda value: isinstance(value, bool)
    if isinstance(field, models.DateTimeField):
        return lambda value: isinstance(value, datetime) or (value is None and field.null)
    if isinstance(field, models.JSONField):
        return lambda value: type(value) is dict and all(type(one) is str for one in value.values())
    if isinstance(field, models.IntegerField):
        return _of_integer(field)
    return lambda _value: False


def _of_text(field: models.Field[Any, Any]) -> Accepts:
    if not all(isinstance(one, MaxLengthValidator) for one in field.validators):
        return lambda value: value == "" and field.blank
    longest = 2**31 if field.max_length is None else field.max_length
    allowed = frozenset(str(value) for value, _ in field.flatchoices)
    least = 0 if field.blank else 1

    def accepts(value: Any) -> bool:
        return isinstance(value, str) and least <= len(value) <= longest and (not allowed or value in allowed)

    return accepts


def _of_integer(field: models.IntegerField[Any, Any]) -> Accepts:
    if not all(type(one) in (MinValueValidator, MaxValueValidator) for one in field.validators):
        return lambda _value: False
    # Every column of integers has both: what its type can hold.
    least = max(one.limit_value for one in field.validators if type(one) is MinValueValidator)
    most = min(one.limit_value for one in field.validators if type(one) is MaxValueValidator)
    return lambda value: type(value) is int and least <= value <= most


def _of_decimal(field: models.DecimalField[Any, Any]) -> Accepts:
    places, room = field.decimal_places, field.max_digits - field.decimal_places

    def accepts(value: Any) -> bool:
        if not isinstance(value, Decimal):
            return value is None and field.null
        # Of what is not a number the exponent is none.
        _, digits, exponent = value.as_tuple()
        return isinstance(exponent, int) and -places <= exponent <= 0 and len(digits) + exponent <= room

    return accepts
