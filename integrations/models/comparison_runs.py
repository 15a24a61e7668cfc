"""Comparisons: both sides of a connection read whole, list by list, and how far that is."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from integrations.models.connections import Connection


class ComparisonState(models.TextChoices):
    """Running: lists are read. Settling: all were; what differed is looked at again after a while.

    Paused: the page under way is finished, no other begins until the comparison is resumed.
    """

    RUNNING = "running"
    SETTLING = "settling"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


WORKED = (ComparisonState.RUNNING, ComparisonState.SETTLING)
OPEN_COMPARISONS = (*WORKED, ComparisonState.PAUSED)


class ComparisonRun(models.Model):
    """One comparison; its counts are those of its end, and with those of others they are the trend."""

    id = id_field("cmp")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="comparisons")
    state = models.CharField(max_length=10, choices=ComparisonState.choices, default=ComparisonState.RUNNING)
    started_by = models.CharField(max_length=150, blank=True, default="")
    # Why it stopped, or waits.
    reason = models.TextField(blank=True, default="")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    # While a worker has it; an expired lease belongs to a worker that died.
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)
    # How many objects its lists have shown, and in how many calls.
    objects_seen = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    # Findings that are open at its end, those of them that are new, and those that have healed since the
    # last comparison.
    found = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    healed = models.PositiveIntegerField(default=0)
    # Of the open findings, in major units: {currency: "12.50"}.
    money_at_stake = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # When all lists were read.
    read_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "comparison"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=OPEN_COMPARISONS) & Q(settled_at__isnull=True)
                | ~Q(state__in=OPEN_COMPARISONS) & Q(settled_at__isnull=False),
                name="comparison_settled_when_not_open",
            ),
            models.UniqueConstraint(
                fields=["connection"], condition=Q(settled_at__isnull=True), name="comparison_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"comparison with {self.connection}"
