"""What a person has said of a group of problems: who has it, what is known, and that it may be left."""

from django.db import models
from django.db.models import Q

from billing.models import Environment
from billing.models.base import id_field


class TriageMark(models.Model):
    """``key`` names the group by its cause, so that the mark holds when it happens again.

    A dismissed group is shown again once one of its rows is newer than ``dismissed_at``.
    """

    id = id_field("mark")
    key = models.CharField(max_length=150, unique=True)
    # None for what concerns all environments, such as a worker.
    environment = models.ForeignKey(
        Environment, on_delete=models.CASCADE, null=True, related_name="triage_marks"
    )
    # What the group was called when it was last marked.
    title = models.CharField(max_length=500)
    assigned_to = models.CharField(max_length=150, blank=True, default="")
    note = models.TextField(blank=True, default="")
    dismissed_by = models.CharField(max_length=150, blank=True, default="")
    dismissed_reason = models.TextField(blank=True, default="")
    dismissed_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "note on a problem"
        verbose_name_plural = "notes on problems"
        ordering = ["-updated_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dismissed_at__isnull=True, dismissed_by="", dismissed_reason="")
                | Q(dismissed_at__isnull=False) & ~Q(dismissed_by="") & ~Q(dismissed_reason=""),
                name="triage_dismissed_with_reason",
            )
        ]

    def __str__(self) -> str:
        return self.title
