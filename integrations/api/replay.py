"""``POST /v1/events/replay``: applies events again by filter or time range, or shows what would change."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.base_views import EnvironmentView
from billing.api.strict import StrictInput
from integrations.api.schema import RowSchema
from integrations.inbox import replays
from integrations.inbox.dry_run import RETRY
from integrations.models.inbound import InboundState

OUTCOMES = [*InboundState.values[1:], RETRY]


class ReplayInput(StrictInput):
    """Which events: those that match every field sent. ``after`` is where an earlier call ended."""

    example = {"state": "dead", "type": "customer.updated", "dry_run": True}

    ids = serializers.ListField(child=serializers.CharField(max_length=40), max_length=1000, required=False)
    state = serializers.ChoiceField(choices=InboundState.choices, required=False)
    type = serializers.CharField(max_length=100, required=False)
    object_id = serializers.CharField(max_length=255, required=False)
    connection_id = serializers.CharField(max_length=40, required=False)
    received_after = serializers.DateTimeField(required=False, help_text="Received at this time or later.")
    received_before = serializers.DateTimeField(required=False, help_text="Received before this time.")
    created_after = serializers.DateTimeField(
        required=False, help_text="Happened at the provider at this time or later."
    )
    created_before = serializers.DateTimeField(
        required=False, help_text="Happened at the provider before this time."
    )
    after = serializers.CharField(
        max_length=40, required=False, help_text="The `next` of an earlier response."
    )
    dry_run = serializers.BooleanField(default=False)


class ChangedFieldSerializer(serializers.Serializer[Any]):
    """One changed field of one row; ``id`` is null for a row that would be created."""

    kind = serializers.CharField()
    id = serializers.CharField(allow_null=True)
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class EventDryRunSerializer(serializers.Serializer[Any]):
    """What a replay of one event would do."""

    id = serializers.CharField(source="event.pk")
    connection_id = serializers.CharField(source="event.connection_id")
    provider_event_id = serializers.CharField(source="event.provider_event_id")
    type = serializers.CharField(source="event.type")
    object_id = serializers.CharField(source="event.object_id")
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    reason = serializers.CharField()
    differences = ChangedFieldSerializer(many=True)


class ReplaySerializer(serializers.Serializer[Any]):
    """``count``: events that are queued to be applied again, or would be. ``events``: those of a dry run."""

    dry_run = serializers.BooleanField()
    count = serializers.IntegerField()
    pruned = serializers.IntegerField(
        help_text="Matching events without a payload: it was deleted after the retention time."
    )
    next = serializers.CharField(
        allow_null=True, help_text="Send it as `after` to continue; null at the end."
    )
    events = EventDryRunSerializer(many=True)


class ReplayView(EnvironmentView):
    """Replays events of the key's environment."""

    named = {"": ("replay_many", "Apply events again")}
    # Each batch is committed by itself, and each event of a dry run is rolled back by itself.
    idempotency = "reserve"
    noun = "event"
    schema = RowSchema()
    inputs = {"": ReplayInput}
    responses = {"": {200: ReplaySerializer, 202: ReplaySerializer}}

    def post(self, request: Request) -> Response:
        """202: the events are queued to be applied again, at most 5,000 in one call. 200: a dry run.

        A dry run shows at most 100 events, each as if it alone were replayed, and changes nothing.
        """
        body = ReplayInput(data=request.data)
        body.is_valid(raise_exception=True)
        filters = dict(body.validated_data)
        dry_run = filters.pop("dry_run")
        chosen = replays.choose(filters, environment_id=self.environment_id)
        result = _preview(chosen) if dry_run else _replay(chosen)
        response = ReplaySerializer({"dry_run": dry_run, "pruned": chosen.pruned, **result})
        return Response(response.data, status=200 if dry_run else 202)


def _preview(chosen: replays.Chosen) -> dict[str, Any]:
    shown, count = replays.preview(chosen, timezone.now()), chosen.count()
    return {"count": count, "next": shown[-1].event.pk if count > len(shown) > 0 else None, "events": shown}


def _replay(chosen: replays.Chosen) -> dict[str, Any]:
    replayed = [row for batch in replays.replay(chosen, limit=replays.MAX_REPLAYED) for row in batch]
    more = replayed[-1] if len(replayed) == replays.MAX_REPLAYED else None
    return {"count": len(replayed), "next": more, "events": []}
