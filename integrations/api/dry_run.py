"""Dry runs of calls to a provider: the calls that would be made, and what each would change."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.response import Response

from integrations.models import Connection
from integrations.outbox.dry_run import PlannedCall

DRY_RUN = OpenApiParameter(
    "dry_run", bool, description="Return 200 with the calls that would be made, and change nothing."
)


class ParameterDifferenceSerializer(serializers.Serializer[Any]):
    """A parameter whose value at the provider the call would change."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class PlannedCallSerializer(serializers.Serializer[Any]):
    """One call; ``skipped`` says why it would not be made."""

    step = serializers.CharField()
    operation = serializers.CharField()
    target = serializers.CharField(allow_null=True)
    params = serializers.DictField()
    skipped = serializers.CharField()
    differences = ParameterDifferenceSerializer(
        many=True, help_text="What would change, where FlexSync knows what the provider holds."
    )


class DryRunSerializer(serializers.Serializer[Any]):
    """The calls that would be made, in order."""

    dry_run = serializers.BooleanField()
    connection_id = serializers.CharField(
        allow_null=True, help_text="Where the calls would go; null if the money came through no gateway."
    )
    calls = PlannedCallSerializer(many=True)


def dry_run_response(connection: Connection | None, calls: Iterable[PlannedCall]) -> Response:
    """Returns the response to every dry run whose result is a list of calls."""
    connection_id = connection.pk if connection else None
    return Response(
        DryRunSerializer({"dry_run": True, "connection_id": connection_id, "calls": list(calls)}).data
    )
