"""The API's own kinds of field: money, other exact numbers, currencies, ids and metadata."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing import money

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_LONG_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_TEXT_OR_INTEGER = {
    "oneOf": [
        {"type": "string", "format": "decimal", "pattern": rf"^{_NUMBER.pattern}$"},
        {"type": "integer"},
    ],
    "example": "12.50",
}


@extend_schema_field(_TEXT_OR_INTEGER)
class ExactInput(serializers.Field[Decimal, Any, Any, Any]):
    """An exact number as text or integer; JSON numbers with a decimal point lose digits and are refused."""

    default_error_messages = {
        "float": 'Send it as text, such as "12.50": a JSON number with decimals is not exact.',
        "number": 'Send a number as text, such as "12.50".',
        "digits": "Send at most 15 digits before the decimal point and 15 after it.",
    }

    def to_internal_value(self, data: Any) -> Decimal:
        """The number."""
        if isinstance(data, float):
            self.fail("float")
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("number")
        if not _NUMBER.fullmatch(str(data)):
            self.fail("digits" if _LONG_NUMBER.fullmatch(str(data)) else "number")
        return Decimal(data)

    def to_representation(self, value: Any) -> Any:
        """As text."""
        return str(value)


@extend_schema_field({"type": "string", "format": "decimal", "example": "12.50"})
class MoneyOutput(serializers.Field[Any, Any, str, Any]):
    """An amount of the row's currency, with that currency's decimals."""

    write = staticmethod(money.text)

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def get_attribute(self, instance: Any) -> tuple[Decimal, str]:
        """The amount and its currency."""
        amount: Any = super().get_attribute(instance)
        return amount, instance.currency

    def to_representation(self, value: tuple[Decimal, str]) -> str:
        """``12.50``."""
        return self.write(*value)


@extend_schema_field({"type": "string", "format": "decimal", "example": "0.0005"})
class UnitAmountOutput(MoneyOutput):
    """A price per unit: at least the currency's decimals, more where they matter."""

    write = staticmethod(money.unit_text)


@extend_schema_field({"type": "string", "format": "decimal", "example": "3"})
class NumberOutput(serializers.Field[Decimal, Any, str, Any]):
    """An exact number without trailing zeros."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Decimal) -> str:
        """``3``, ``0.5``."""
        return f"{value.normalize():f}"


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{3}$", "example": "USD"})
class CurrencyInput(serializers.CharField):
    """An ISO 4217 code; the services check that it exists."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=3, **options)


class IdInput(serializers.CharField):
    """The id of another row of the same environment."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)


@extend_schema_field(
    {"type": "object", "additionalProperties": {"type": "string", "maxLength": 500}, "maxProperties": 50}
)
class MetadataInput(serializers.Field[dict[str, str], Any, Any, Any]):
    """Text by name; the services check how much of it."""

    default_error_messages = {"object": 'Send an object of text by name, such as {{"order": "77"}}.'}

    def to_internal_value(self, data: Any) -> dict[str, str]:
        """The pairs."""
        if not isinstance(data, dict):
            self.fail("object")
        return data

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value
