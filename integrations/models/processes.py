"""The processes of the deployment, as each says of itself."""

from django.db import models

from billing.models.base import id_field
from billing.models.choices import WordedChoices


class ProcessKind(WordedChoices):
    """What a process does, as FLEXSYNC_PROCESS names it."""

    WEB = "web", "web"
    WEBHOOKS = "webhooks", "webhooks"
    WORKER = "worker", "worker"
    BEAT = "beat", "beat"


class Process(models.Model):
    """One process, and when it last said that it lives, and worked."""

    id = id_field("proc")
    kind = models.CharField(max_length=20, choices=ProcessKind.choices)
    name = models.CharField(max_length=255)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=100, blank=True, default="")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # Of a worker: when a task ended in it last, or when it began.
    worked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "-seen_at", "id"]
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return self.name
