"""Bulk syncs: many pushes that were started together, and how far they are."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.connections import Connection
from integrations.models.outbound import OutboundSync


class RunState(WordedChoices):
    """Paused: pushes under way continue, no new ones begin until the run is resumed."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN_RUNS = (RunState.RUNNING, RunState.PAUSED)


class SyncRun(models.Model):
    """One bulk sync: entities of one kind to one connection. ``choice``: how they were chosen."""

    state_changes = StateChanges(
        "state",
        {
            ((), "running"): "start",
            (("running",), "paused"): "pause",
            (("paused",), "running"): "resume",
            (("running",), "done"): "",
            (("running", "paused"), "cancelled"): "cancel",
        },
    )

    id = id_field("run")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="sync_runs")
    entity_type = models.CharField(max_length=30)
    choice = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    reason = models.TextField(blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    started_by = models.CharField(max_length=150, blank=True, default="")
    # When a worker last advanced it: after a worker died, or a message was lost, the sweep notifies another.
    advanced_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "bulk sync"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_RUNS) & Q(settled_at__isnull=True)
                | ~Q(state__in=OPEN_RUNS) & Q(settled_at__isnull=False),
                name="sync_run_settled_when_not_open",
            )
        ]
        indexes = [
            models.Index(fields=["state"], condition=Q(state=RunState.RUNNING), name="sync_run_running")
        ]

    def __str__(self) -> str:
        return f"{self.total} {self.entity_type}s -> {self.connection}"


class SyncRunItem(models.Model):
    """One entity of a bulk sync; ``sync`` is the push that was requested for it, None before its turn."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="items")
    entity_id = models.CharField(max_length=40)
    sync = models.ForeignKey(
        OutboundSync, on_delete=models.PROTECT, null=True, blank=True, related_name="run_items"
    )

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "entity_id"], name="sync_run_item_once")]
        indexes = [
            models.Index(fields=["run", "id"], condition=Q(sync__isnull=True), name="sync_run_item_waiting")
        ]

    def __str__(self) -> str:
        return self.entity_id
