"""The API's own kinds of field: money, other exact numbers, currencies, ids and metadata."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing import money, texts
from billing.api.flexprice import REPLACES_METADATA
from billing.metadata_changes import MetadataChanges
from billing.services.customers import contact
from billing.services.json_input import NO_OBJECT

_TEXT_OR_INTEGER = {
    "oneOf": [
        {"type": "string", "format": "decimal", "pattern": rf"^{money.NUMBER.pattern}$"},
        {"type": "integer"},
    ],
    "example": "12.50",
}


@extend_schema_field(_TEXT_OR_INTEGER)
class ExactInput(serializers.Field[Decimal, Any, Any, Any]):
    """An exact number as text or integer; JSON numbers with a decimal point lose digits and are refused."""

    def to_internal_value(self, data: Any) -> Decimal:
        """The number."""
        try:
            return money.number_of(data)
        except money.MoneyError as error:
            raise serializers.ValidationError(str(error)) from None

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


@extend_schema_field({"type": ["string", "null"], "format": "decimal", "example": "19.90"})
class LineUnitAmountOutput(UnitAmountOutput):
    """The price per unit of a line; None where the line has an amount alone."""

    def get_attribute(self, instance: Any) -> Any:
        """The price and its currency, if it has one."""
        return None if instance.is_amount_alone else super().get_attribute(instance)


@extend_schema_field({"type": "string", "format": "decimal", "example": "3"})
class NumberOutput(serializers.Field[Decimal, Any, str, Any]):
    """An exact number without trailing zeros."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Decimal) -> str:
        """``3``, ``0.5``."""
        return f"{value.normalize():f}"


class TextInput(serializers.CharField):
    """A text; what is too long is refused in the words of the services and of the admin."""

    default_error_messages = {
        "max_length": "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d)."
    }


@extend_schema_field({"type": "string", "format": "email", "maxLength": texts.LONGEST_EMAIL})
class EmailInput(TextInput):
    """An e-mail address."""

    def to_internal_value(self, data: Any) -> str:
        """The address; raises Invalid."""
        email = super().to_internal_value(data)
        contact.check_email(email)
        return email


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z]{3}$", "example": "USD"})
class CurrencyInput(serializers.CharField):
    """An ISO 4217 code, in small letters too; the services check that it exists."""

    def to_internal_value(self, data: Any) -> str:
        """In capital letters."""
        return super().to_internal_value(data).upper()


@extend_schema_field({"type": "string", "pattern": "^([A-Za-z]{2})?$", "example": "NL"})
class CountryInput(serializers.CharField):
    """An ISO 3166-1 alpha-2 code; the services check that it exists, and write it in capital letters."""


class IdInput(serializers.CharField):
    """The id of another row of the same environment."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)


METADATA = "A change keeps the keys that it does not name; null removes one."


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "null"], "maxLength": 500},
        "maxProperties": 50,
    }
)
class MetadataInput(serializers.Field[Any, Any, Any, Any]):
    """Text by name; the services check how much of it. Null stands for no text.

    A change of a row says which keys change; metadata inside of a line, or another part, is all of it.
    """

    def to_internal_value(self, data: Any) -> dict[str, str] | MetadataChanges:
        """The pairs."""
        if not isinstance(data, dict):
            raise serializers.ValidationError(NO_OBJECT)
        changes = MetadataChanges(data)
        is_of_row = self.parent is self.root and self.root.partial
        return changes if is_of_row and not self.context.get(REPLACES_METADATA) else changes.applied_to({})

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value


class PartsInput(serializers.Field[Any, Any, Any, Any]):
    """A list of objects that a service reads, which is where the admin's forms have theirs read too."""

    read: Callable[[Any], tuple[Any, ...]]

    def to_internal_value(self, data: Any) -> tuple[Any, ...]:
        """The facts; raises the service's Invalid."""
        return type(self).read(data)

    def to_representation(self, value: Any) -> Any:
        """As it is."""
        return value
