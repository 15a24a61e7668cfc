"""Input that refuses unknown fields by name: a mistyped field must not be lost silently."""

from typing import Any, ClassVar

from django.db import models
from rest_framework import serializers
from rest_framework.settings import api_settings

from billing.api.fields import TextInput
from billing.api.json_types import mistyped

NON_FIELD_ERRORS_KEY = api_settings.NON_FIELD_ERRORS_KEY


class StrictInput(serializers.Serializer[Any]):
    """A serializer that only reads bodies. ``example`` is one that could be sent, for the documentation.

    ``aliases``: other names under which fields are taken, {alias: field}, and which are not documented.
    """

    example: ClassVar[dict[str, Any]] = {}
    aliases: ClassVar[dict[str, str]] = {}

    def to_internal_value(self, data: Any) -> Any:
        """The parsed fields; raises ValidationError that names each unknown, missing or mistyped one."""
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        data = self._by_own_names(data)
        wrong = self._wrong(data)
        try:
            values = super().to_internal_value({name: data[name] for name in data if name not in wrong})
        except serializers.ValidationError as error:
            raise serializers.ValidationError({**_by_field(error), **wrong}) from None
        if wrong:
            raise serializers.ValidationError(wrong)
        return values

    def _by_own_names(self, data: dict[str, Any]) -> dict[str, Any]:
        """The fields that were sent; one that was sent under both names keeps both, and is refused."""
        names = {one: own for one, own in self.aliases.items() if own not in data}
        return {names.get(name, name): value for name, value in data.items()}

    def _wrong(self, data: dict[str, Any]) -> dict[str, Any]:
        """PATCH may leave out fields of the row, but not those of an object inside, which is replaced."""
        wrong = {name: ["There is no such field."] for name in data if name not in self.fields}
        for name, field in self.fields.items():
            if name in data:
                if found := mistyped(field, data[name]):
                    wrong[name] = found
            elif field.required and self.root is not self:
                wrong[name] = [str(field.error_messages["required"])]
        return wrong


def _by_field(error: serializers.ValidationError) -> dict[str, Any]:
    return error.detail if isinstance(error.detail, dict) else {NON_FIELD_ERRORS_KEY: error.detail}


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
