"""Connections as callers write them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from billing.api.strict import StrictInput
from billing.errors import Invalid

LONGEST_OVERLAP = 7 * 24 * 3600


class ConnectionInput(StrictInput):
    """A new connection. FlexPrice's names ``provider_type`` and ``encrypted_secret_data`` are taken too."""

    provider = serializers.CharField(required=False)
    provider_type = serializers.CharField(required=False)
    name = serializers.CharField(max_length=100)
    metadata = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    encrypted_secret_data = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False
    )
    sync_config = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What connections.create takes."""
        return {
            "provider": _either(attrs, "provider", "provider_type", required=True),
            "name": attrs["name"],
            "secrets": _either(attrs, "metadata", "encrypted_secret_data") or {},
            "switches": flat(attrs.get("sync_config", {})),
        }


class ConnectionChange(StrictInput):
    """A new name, and the switches to turn; those that are not named stay. Secrets have their own call."""

    name = serializers.CharField(max_length=100, required=False)
    sync_config = serializers.DictField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What connections.update takes."""
        return {"name": attrs.get("name", ""), "switches": flat(attrs.get("sync_config", {}))}


class SecretsInput(serializers.Serializer[Any]):
    """New credentials by name, beside ``overlap_seconds``: how long an old webhook secret still verifies."""

    secret_key = serializers.CharField(required=False)
    webhook_secret = serializers.CharField(required=False)
    overlap_seconds = serializers.IntegerField(default=24 * 3600, min_value=0, max_value=LONGEST_OVERLAP)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """What credentials.rotate takes; each provider has names of its own, and says which it does not know."""
        overlap = super().to_internal_value(data)["overlap_seconds"]
        secrets = {name: text for name, text in data.items() if name != "overlap_seconds"}
        if not secrets:
            raise serializers.ValidationError({"body": ["Send at least one credential."]})
        named = serializers.DictField(child=serializers.CharField())
        return {"secrets": named.run_validation(secrets), "overlap": timedelta(seconds=overlap)}


def flat(sync_config: Mapping[str, Any]) -> dict[str, bool]:
    """Switches by column name, from those and from {"customer": {"inbound": true}}; raises Invalid."""
    switches: dict[str, Any] = {}
    for name, value in sync_config.items():
        if isinstance(value, dict):
            switches |= {f"{name}_{direction}_enabled": on for direction, on in value.items()}
        else:
            switches[name] = value
    wrong = [name for name, on in switches.items() if not isinstance(on, bool)]
    if wrong:
        raise Invalid.of({f"sync_config.{name}": "Send true or false." for name in wrong})
    return switches


def _either(attrs: Mapping[str, Any], name: str, other: str, *, required: bool = False) -> Any:
    """The value under one of two names; raises ValidationError for both, or for none when one is required."""
    if name in attrs and other in attrs:
        raise serializers.ValidationError({other: [f"Send {name} or {other}, not both."]})
    if required and name not in attrs and other not in attrs:
        raise serializers.ValidationError({name: ["This field is required."]})
    return attrs.get(name, attrs.get(other))
