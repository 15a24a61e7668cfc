"""Input that refuses unknown fields by name: a mistyped field must not be lost silently."""

from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers

from billing.api.fields import TextInput


class StrictInput(serializers.Serializer[Any]):
    """A serializer that only reads bodies. ``example`` is one that could be sent, for the documentation."""

    example: ClassVar[dict[str, Any]] = {}

    def to_internal_value(self, data: Any) -> Any:
        """The parsed fields; raises ValidationError that names each unknown one."""
        if isinstance(data, dict):
            unknown = {name: ["There is no such field."] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class StrictModelInput(StrictInput, serializers.ModelSerializer[Any]):
    """A strict serializer whose lengths and choices come from the model; the services check uniqueness."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: TextInput,
        models.TextField: TextInput,
    }

    def get_validators(self) -> list[Any]:
        """None: the services refuse what is taken, with 409."""
        return []
