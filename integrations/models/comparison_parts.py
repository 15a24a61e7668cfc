"""The lists of a comparison: how far each is; and, while it lasts, what they have shown."""

from django.db import models
from django.db.models import Q

from billing.models.choices import WordedChoices
from integrations.models.comparison_runs import ComparisonRun


class ComparisonStep(WordedChoices):
    """What of a list is under way: pages are read; then what is to be checked again is, object by object:
    those that differed, those that the list did not show, and rows that have no counterpart.
    """

    READ = "read"
    DIFFERING = "differing"
    UNLISTED = "unlisted"
    UNMAPPED = "unmapped"
    DONE = "done"


class ComparisonPart(models.Model):
    """One list, with all objects of a kind."""

    run = models.ForeignKey(ComparisonRun, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    # The name of the provider's Comparable.
    name = models.CharField(max_length=60)
    entity_type = models.CharField(max_length=30)
    # Whether the list is read to its end.
    is_done = models.BooleanField(default=False)
    # Why none of it is compared, "" where it is.
    left_out = models.TextField(blank=True, default="")
    step = models.CharField(max_length=10, choices=ComparisonStep.choices, default=ComparisonStep.READ)
    # Where the next page of the step begins.
    cursor = models.CharField(max_length=255, blank=True, default="")
    # When the first page was asked for: what is newer need not be in the list.
    began_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(default=0)
    objects_seen = models.PositiveIntegerField(default=0)
    findings = models.PositiveIntegerField(default=0)
    # Time that a worker has spent on it.
    seconds = models.FloatField(default=0.0)
    # How many objects the last comparison found, None where there was none.
    expected = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="comparison_part_once")]

    def __str__(self) -> str:
        return self.name


class ComparedObject(models.Model):
    """An object that a list has shown; deleted when the comparison ends.

    ``shown``: what of it is to be compared again, because it differed; null for nothing.
    """

    run = models.ForeignKey(ComparisonRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    entity_type = models.CharField(max_length=30)
    provider_entity_id = models.CharField(max_length=255)
    # When its page was asked for, by the database's clock.
    asked_at = models.DateTimeField()
    shown = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "entity_type", "provider_entity_id"], name="compared_object_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["run", "entity_type", "id"],
                condition=Q(shown__isnull=False),
                name="compared_object_differing",
            )
        ]

    def __str__(self) -> str:
        return self.provider_entity_id
