"""What the doctor finds, in responses."""

from typing import Any

from rest_framework import serializers

from integrations.api.connection_serializers import ConnectionSerializer
from integrations.reconcile.doctor.findings import Severity

SEVERITIES = [severity.word for severity in Severity]


class HealthFindingSerializer(serializers.Serializer[Any]):
    """What one check has found; docs/doctor.md lists the codes."""

    check = serializers.CharField()
    code = serializers.CharField(help_text="`ok` where nothing is wrong.")
    severity = serializers.ChoiceField(choices=SEVERITIES)
    message = serializers.CharField()
    advice = serializers.CharField(help_text="What to do.")
    remedy = serializers.CharField(help_text='The call or button that mends it; "" where there is none.')


class HealthSerializer(serializers.Serializer[Any]):
    """Whether a connection can work. ``status`` is the worst severity of all findings."""

    connection_id = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=SEVERITIES)
    examined_at = serializers.DateTimeField()
    findings = HealthFindingSerializer(many=True)


class ProofSerializer(serializers.Serializer[Any]):
    """Whether the event of a harmless change came by a webhook."""

    proven = serializers.BooleanField()
    event_id = serializers.CharField(help_text='The event that came; "" for none.')


class SavedConnectionSerializer(ConnectionSerializer):
    """A connection whose credentials were just stored and tested."""

    problems = HealthFindingSerializer(many=True, help_text="What the test has found wrong; [] for nothing.")

    class Meta(ConnectionSerializer.Meta):
        fields = (*ConnectionSerializer.Meta.fields, "problems")
        read_only_fields = fields
