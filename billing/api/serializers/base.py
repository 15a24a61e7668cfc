"""What all responses with rows share."""

from typing import Any

from rest_framework import serializers

ALWAYS = ("id", "created_at", "updated_at", "metadata", "integrations")


class Output(serializers.ModelSerializer[Any]):
    """A row as callers see it. ``integrations`` is there when it was expanded."""

    metadata = serializers.DictField(child=serializers.CharField(), read_only=True)
    integrations = serializers.ListField(
        child=serializers.DictField(),
        required=False,
        help_text="Only with `expand=integrations`: its counterparts at the providers.",
    )
