"""Alarms, and what is known of catch-up, in responses."""

from typing import Any

from rest_framework import serializers

from integrations.api.history_serializers import ROW, ConnectionRowSerializer
from integrations.models import Alarm


class AlarmSerializer(ConnectionRowSerializer):
    """Something that is wrong with a connection, from `raised_at` to `ended_at`.

    ``since``: for `import_needed`, from when on changes have to be imported.
    """

    class Meta:
        model = Alarm
        fields = (
            *ROW,
            "code",
            "message",
            "since",
            "raised_at",
            "agreed_by",
            "agreed_at",
            "started",
            "ended_at",
        )
        read_only_fields = fields


class CatchUpSerializer(serializers.Serializer[Any]):
    """What polls of the provider's list of events have found."""

    last_poll_at = serializers.DateTimeField(allow_null=True, help_text="When the last whole poll ended.")
    missed_events = serializers.IntegerField(
        help_text="Events that polls had to bring, because no webhook had by then."
    )
    last_error = serializers.CharField(help_text='Why the last poll failed; "" when it did not.')
    alarms = serializers.ListField(child=serializers.CharField(), help_text="Codes of the open alarms.")
