"""``POST /v1/events/replay``: applies events again by filter or time range, or only shows what that would do."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.api.doors import Door
from billing.api.strict import StrictInput
from integrations.api.schema import RowSchema
from integrations.inbox import replays
from integrations.inbox.dry_run import RETRY
from integrations.models.inbound import InboundState

OUTCOMES = [*InboundState.values[1:], RETRY]


class ReplayInput(StrictInput):
    """Which events: those that fit all that is sent. ``after`` is where an earlier call ended."""

    example = {"state": "dead", "type": "customer.updated", "dry_run": True}

    ids = serializers.ListField(child=serializers.CharField(max_length=40), max_length=1000, required=False)
    state = serializers.ChoiceField(choices=InboundState.choices, required=False)
    type = serializers.CharField(max_length=100, required=False)
    object_id = serializers.CharField(max_length=255, required=False)
    connection_id = serializers.CharField(max_length=40, required=False)
    received_after = serializers.DateTimeField(required=False, help_text="Received then or later.")
    received_before = serializers.DateTimeField(required=False, help_text="Received before then.")
    created_after = serializers.DateTimeField(required=False, help_text="Happened there then or later.")
    created_before = serializers.DateTimeField(required=False, help_text="Happened there before then.")
    after = serializers.CharField(max_length=40, required=False, help_text="The `next` of an earlier answer.")
    dry_run = serializers.BooleanField(default=False)


class DifferenceSerializer(serializers.Serializer[Any]):
    """One field of one row; ``id`` is null for a row that would be new."""

    kind = serializers.CharField()
    id = serializers.CharField(allow_null=True)
    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class EventDryRunSerializer(serializers.Serializer[Any]):
    """What would become of one event."""

    id = serializers.CharField(source="event.pk")
    connection_id = serializers.CharField(source="event.connection_id")
    provider_event_id = serializers.CharField(source="event.provider_event_id")
    type = serializers.CharField(source="event.type")
    object_id = serializers.CharField(source="event.object_id")
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    reason = serializers.CharField()
    differences = DifferenceSerializer(many=True)


class ReplaySerializer(serializers.Serializer[Any]):
    """``count``: events that wait to be applied again, or would. ``events`` are those that a dry run shows."""

    dry_run = serializers.BooleanField()
    count = serializers.IntegerField()
    pruned = serializers.IntegerField(help_text="Events that fit, but have lost their payload.")
    next = serializers.CharField(allow_null=True, help_text="Send it as `after` to go on; null at the end.")
    events = EventDryRunSerializer(many=True)


class ReplayView(Door):
    """Replays events of the key's environment."""

    # Each batch is committed by itself, and each rehearsal taken back by itself.
    idempotency = "reserve"
    noun = "event"
    schema = RowSchema()
    inputs = {"": ReplayInput}
    answers = {"": {200: ReplaySerializer, 202: ReplaySerializer}}

    def post(self, request: Request) -> Response:
        """202: they wait to be applied again, at most 5,000 in one call. 200 for a dry run: what would happen.

        A dry run shows at most 100 events, each as if it alone were replayed, and changes nothing.
        """
        body = ReplayInput(data=request.data)
        body.is_valid(raise_exception=True)
        filters = dict(body.validated_data)
        dry_run = filters.pop("dry_run")
        chosen = replays.choose(filters, environment_id=self.environment_id)
        answer = _previewed(chosen) if dry_run else _replayed(chosen)
        shape = ReplaySerializer({"dry_run": dry_run, "pruned": chosen.pruned, **answer})
        return Response(shape.data, status=200 if dry_run else 202)


def _previewed(chosen: replays.Chosen) -> dict[str, Any]:
    shown, count = replays.preview(chosen, timezone.now()), chosen.count()
    return {"count": count, "next": shown[-1].event.pk if count > len(shown) > 0 else None, "events": shown}


def _replayed(chosen: replays.Chosen) -> dict[str, Any]:
    replayed = [row for batch in replays.replay(chosen, most=replays.MOST) for row in batch]
    more = replayed[-1] if len(replayed) == replays.MOST else None
    return {"count": len(replayed), "next": more, "events": []}
