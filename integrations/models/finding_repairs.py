"""Repairs of findings: what a person asked for, how far that is, and why it failed if it did."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from integrations.models.findings import Finding, Repair
from integrations.models.outbound import Priority


class RepairState(WordedChoices):
    """Waiting: nothing was done yet. Under way: what it leads to, such as a push, has not ended."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    FAILED = "failed"


class FindingRepair(models.Model):
    """One request. Whether it has helped is checked once all that it led to has ended."""

    id = id_field("rep")
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="repairs")
    repair = models.CharField(max_length=10, choices=Repair.choices)
    state = models.CharField(max_length=10, choices=RepairState.choices, default=RepairState.WAITING)
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.PERSON)
    asked_by = models.CharField(max_length=150, blank=True, default="")
    # Why it failed, or waits.
    reason = models.TextField(blank=True, default="")
    # When a worker is to look at it next, and how often one has.
    next_attempt_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "repair"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["finding"], condition=Q(settled_at__isnull=True), name="finding_repair_open_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["priority", "next_attempt_at"],
                condition=Q(settled_at__isnull=True),
                name="finding_repair_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.repair} of {self.finding_id}"
