"""Comparisons: both sides of a connection read whole, list by list, and how far that is."""

from django.db import models

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.connections import Connection
from integrations.models.long_runs import LongRun, one_open


class ComparisonState(WordedChoices):
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


class ComparisonRun(LongRun):
    """One comparison; its counts are those of its end, and with those of others they are the trend."""

    WORKED = WORKED

    state_changes = StateChanges(
        "state",
        {
            ((), "running"): "start",
            (("running",), "settling"): "all lists were read",
            (("running", "settling"), "paused"): "pause, or tried often enough",
            (("paused",), "running"): "resume",
            (("paused",), "settling"): "resume",
            (("settling",), "done"): "",
            (("running", "settling"), "failed"): "",
            (("running", "settling", "paused"), "cancelled"): "cancel",
        },
    )

    id = id_field("cmp")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="comparisons")
    state = models.CharField(max_length=10, choices=ComparisonState.choices, default=ComparisonState.RUNNING)
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
    # When all lists were read.
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta(LongRun.Meta):
        abstract = False
        verbose_name = "comparison"
        constraints = one_open("comparison", OPEN_COMPARISONS)

    def __str__(self) -> str:
        return f"comparison with {self.connection}"
