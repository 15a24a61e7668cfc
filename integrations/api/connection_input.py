"""The bodies with which callers create and change connections."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rest_framework import serializers

from billing.api.strict import StrictInput
from billing.errors import Invalid
from integrations.api.connection_options import OptionsInput
from integrations.api.sync_config import SyncConfigField

LONGEST_OVERLAP = 7 * 24 * 3600


class ConnectionInput(StrictInput):
    """A new connection. FlexPrice's names ``provider_type``, ``encrypted_secret_data`` are accepted too."""

    provider = serializers.CharField(required=False)
    provider_type = serializers.CharField(required=False)
    name = serializers.CharField(max_length=100)
    metadata = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False)
    encrypted_secret_data = serializers.DictField(
        child=serializers.CharField(allow_blank=True), required=False
    )
    sync_config = SyncConfigField(required=False)
    options = OptionsInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns the arguments of connections.create."""
        return {
            "provider": _either(attrs, "provider", "provider_type", required=True),
            "name": attrs["name"],
            "secrets": _either(attrs, "metadata", "encrypted_secret_data") or {},
            "switches": flat_switches(attrs.get("sync_config", {})),
            "options": attrs.get("options", {}),
        }


class ConnectionChange(StrictInput):
    """A new name, and the switches and options to change; the others stay. Secrets have their own call."""

    name = serializers.CharField(max_length=100, required=False)
    sync_config = SyncConfigField(required=False)
    options = OptionsInput(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Returns the arguments of connections.update."""
        switches = flat_switches(attrs.get("sync_config", {}))
        return {"name": attrs.get("name", ""), "switches": switches, "options": attrs.get("options", {})}


class SecretsInput(serializers.Serializer[Any]):
    """New credentials by name, and ``overlap_seconds``: how long an old webhook secret works."""

    secret_key = serializers.CharField(required=False)
    webhook_secret = serializers.CharField(required=False)
    overlap_seconds = serializers.IntegerField(default=24 * 3600, min_value=0, max_value=LONGEST_OVERLAP)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Returns the arguments of credentials.rotate, which refuses names that the provider lacks."""
        overlap = super().to_internal_value(data)["overlap_seconds"]
        secrets = {name: text for name, text in data.items() if name != "overlap_seconds"}
        if not secrets:
            raise serializers.ValidationError({"body": ["Send at least one credential."]})
        texts = serializers.DictField(child=serializers.CharField())
        return {"secrets": texts.run_validation(secrets), "overlap": timedelta(seconds=overlap)}


def flat_switches(sync_config: Mapping[str, Any]) -> dict[str, bool]:
    """Returns switches by column name, from that form or {"customer": {"inbound": true}}; raises Invalid."""
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
    """Returns the value under either name; raises ValidationError for both, or for a required one missing."""
    if name in attrs and other in attrs:
        raise serializers.ValidationError({other: [f"Send {name} or {other}, not both."]})
    if required and name not in attrs and other not in attrs:
        raise serializers.ValidationError({name: ["This field is required."]})
    return attrs.get(name, attrs.get(other))
