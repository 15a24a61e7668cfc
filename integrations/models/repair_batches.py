"""Repairs of many findings at once: which, what was asked for of them, and how far that is."""

from django.db import models

from billing.models import Environment
from billing.models.base import id_field


class RepairBatch(models.Model):
    """What workers ask for, some findings at a time. ``repair``: one of Repair, or "suggested".

    ``asked``: how many repairs were asked for, by repair. ``refused``: how many findings were left out, by
    why.
    """

    id = id_field("rpb")
    # None where an operator chose findings of several.
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    repair = models.CharField(max_length=10)
    finding_ids = models.JSONField(default=list, editable=False)
    total = models.PositiveIntegerField()
    # How many of them were looked at.
    done = models.PositiveIntegerField(default=0)
    asked = models.JSONField(default=dict)
    refused = models.JSONField(default=dict)
    asked_by = models.CharField(max_length=150, blank=True, default="")
    accepted_reason = models.TextField(blank=True, default="")
    accepted_until = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "bulk repair"
        verbose_name_plural = "bulk repairs"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.repair} of {self.total} findings"
