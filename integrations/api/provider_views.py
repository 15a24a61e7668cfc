"""Doors through which a person asks one provider for something and waits."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.doors import Door
from billing.api.idempotency import HEADER
from billing.api.strict import StrictInput
from integrations.api.schema import WHICH_CONNECTION, RowSchema
from integrations.connections.selection import choose
from integrations.models import Connection
from integrations.outbox.dry_run import PlannedCall

DRY_RUN = OpenApiParameter(
    "dry_run", bool, description="Answer 200 with the calls that would be made, and change nothing."
)


class Question(serializers.Serializer[Any]):
    """The query string."""

    dry_run = serializers.BooleanField(default=False)
    connection_id = serializers.CharField(default="")


class PlannedCallSerializer(serializers.Serializer[Any]):
    """One call of a plan; ``skipped`` says why it would not be made."""

    step = serializers.CharField()
    operation = serializers.CharField()
    target = serializers.CharField(allow_null=True)
    params = serializers.DictField()
    skipped = serializers.CharField()


class DryRunSerializer(serializers.Serializer[Any]):
    """What would be done."""

    dry_run = serializers.BooleanField()
    calls = PlannedCallSerializer(many=True)


class ProviderView(Door):
    """``takes_dry_run``: whether the door can answer a plan."""

    idempotency = "reserve"
    schema = RowSchema()
    takes_dry_run: ClassVar[bool] = False
    parameters: ClassVar[Sequence[OpenApiParameter]] = (WHICH_CONNECTION,)

    def question(self) -> dict[str, Any]:
        """The query string, checked."""
        question = Question(data=self.request.query_params.dict())
        question.is_valid(raise_exception=True)
        return dict(question.validated_data)

    def connection(self, provider: str) -> Connection:
        """The one that is meant; raises NotFound or Conflict."""
        return choose(self.environment_id, provider, self.question()["connection_id"])

    def body(self, request: Request, parser: type[StrictInput]) -> dict[str, Any]:
        """The body's fields, checked; raises ValidationError."""
        given = parser(data=request.data)
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)

    def own_key(self, request: Request) -> str:
        """The caller's Idempotency-Key, also kept with what it made: "" when there is none."""
        key = request.headers.get(HEADER, "")
        return f"api-{key}" if key else ""

    def known_parameters(self) -> Iterable[str]:
        """Which connection, when there are several; a dry run where there is one."""
        return {"connection_id", "dry_run"} if self.takes_dry_run else {"connection_id"}


def planned(calls: Iterable[PlannedCall]) -> Response:
    """The answer of a dry run."""
    return Response(DryRunSerializer({"dry_run": True, "calls": list(calls)}).data)
