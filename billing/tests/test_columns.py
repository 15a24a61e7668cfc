"""The fast checks of a row find what Django's own checks find."""

from copy import copy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models

from billing.models import Customer, Invoice, InvoiceLineItem, Payment, Plan, Price, Subscription
from billing.persistence import field_checks

MODELS = [Customer, Plan, Price, Subscription, Invoice, InvoiceLineItem, Payment]
VALUES = [
    *(None, "", "x", "x" * 3000, "active", "draft", "no choice", 0, 1, -1, 2**15, 2**31 - 1, 2**31, True, False),
    *(Decimal(0), Decimal("1.5"), Decimal("1.123456789012345"), Decimal("9" * 30), Decimal("NaN"), Decimal("1E+3")),
    *({}, [], {"a": "b"}, {"a": 1}, [1], datetime(2026, 1, 1, tzinfo=UTC)),
    *("https://pay.example.com/i/1?x=2#y", "https://example.com", "http://a.b", "javascript:alert(1)", "https://a/b"),
    *("https://a.example.com/ b", "https://a.example.com/ä", "https://a.example.com/\n", "//a.example.com/"),
]  # fmt: skip


def django_says(row: models.Model) -> dict[str, str]:
    """By the name of the field."""
    related = {one.name for one in row._meta.concrete_fields if one.is_relation}
    try:
        row.clean_fields(exclude=related)
    except ValidationError as error:
        return {name: " ".join(texts) for name, texts in error.message_dict.items()}
    return {}


@pytest.mark.parametrize("model", MODELS)
def test_the_fast_checks_find_what_django_finds(model: type[models.Model]) -> None:
    usual: Any = model()
    for field in model._meta.concrete_fields:
        for value in VALUES if not field.is_relation else ():
            if isinstance(field, models.DateTimeField) and not isinstance(value, str | datetime | None):
                continue  # Django's own check fails on those.
            row = copy(usual)
            setattr(row, field.attname, value)
            expected, found = django_says(copy(row)), field_checks.wrong(row)
            assert found == expected, (field.name, value)
