"""Alarms: what is wrong with a connection and does not mend itself; each is raised once, and ends."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from integrations.models.connections import Connection


class AlarmCode(WordedChoices):
    """Silent: events exist, and no webhook brings any. Import needed: events were missed for too long.

    Database restored: it is older than what the provider has seen.
    """

    ENDPOINT_DISABLED = "endpoint_disabled", "Endpoint disabled"
    WEBHOOKS_SILENT = "webhooks_silent", "No webhooks come"
    IMPORT_NEEDED = "import_needed", "Import needed"
    DATABASE_RESTORED = "database_restored", "Database restored"


class Alarm(models.Model):
    """One alarm; ``since``: of what time it speaks, such as from when on changes have to be imported."""

    id = id_field("alrm")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="alarms")
    code = models.CharField(max_length=30, choices=AlarmCode.choices)
    message = models.TextField(blank=True, default="")
    since = models.DateTimeField(null=True, blank=True)
    raised_at = models.DateTimeField(default=timezone.now, db_index=True)
    # Who agreed to what the alarm asks for, "" for none; and what was started then.
    agreed_by = models.CharField(max_length=150, blank=True, default="")
    agreed_at = models.DateTimeField(null=True, blank=True)
    started = models.CharField(max_length=40, blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "code"], condition=Q(ended_at__isnull=True), name="alarm_open_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}: {self.connection}"
