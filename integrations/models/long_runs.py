"""What imports and comparisons have in common: long work by pages, one at a time for each connection."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from integrations.models.connections import Connection


class LongRun(models.Model):
    """Its states are the subclass's; an open one is ``WORKED`` by workers, or waits for a person.

    Paused: the page under way is finished, no other begins until it is resumed.
    """

    PAUSED: ClassVar[str] = "paused"
    WORKED: ClassVar[tuple[str, ...]]

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="%(class)ss")
    state = models.CharField(max_length=10)
    started_by = models.CharField(max_length=150, blank=True, default="")
    # Why it stopped, or waits.
    reason = models.TextField(blank=True, default="")
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    # While a worker has it; an expired lease belongs to a worker that died.
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-id"]


def one_open(name: str, states: tuple[str, ...]) -> list[models.BaseConstraint]:
    """The constraints of a kind that is called so: open in these ``states``, one for each connection."""
    is_open = Q(state__in=states)
    return [
        models.CheckConstraint(
            condition=is_open & Q(settled_at__isnull=True) | ~is_open & Q(settled_at__isnull=False),
            name=f"{name}_settled_when_not_open",
        ),
        models.UniqueConstraint(
            fields=["connection"], condition=Q(settled_at__isnull=True), name=f"{name}_open_once"
        ),
    ]
