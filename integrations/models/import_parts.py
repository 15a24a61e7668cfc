"""The lists of an import: how far each is, and what became of its objects."""

from django.db import models

from integrations.models.imports import ImportRun


class ImportPart(models.Model):
    """One list of an import: how far it is, and what became of its objects."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    # The name of the provider's Listing.
    name = models.CharField(max_length=60)
    entity_type = models.CharField(max_length=30)
    is_done = models.BooleanField(default=False)
    # Why none of it is brought here, "" where it is.
    left_out = models.TextField(blank=True, default="")
    # Whether all was read for link candidates, which comes first.
    links_read = models.BooleanField(default=False)
    # What is still to be read, by time: [{"begin", "end", "cursor"}, ...], [] before the first page; and
    # objects that are settled, of pages that are not.
    spans = models.JSONField(default=list)
    settled = models.JSONField(default=list)
    pages = models.PositiveIntegerField(default=0)
    made = models.PositiveIntegerField(default=0)
    linked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    equal = models.PositiveIntegerField(default=0)
    conflicting = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    # Time that a worker has spent on it.
    seconds = models.FloatField(default=0.0)
    # How many objects the last import found, None where there was none.
    expected = models.PositiveIntegerField(null=True)
    # Some objects by what became of them: {outcome: [[the provider's id, label], ...]}.
    samples = models.JSONField(default=dict)

    class Meta:
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="import_part_once")]

    def __str__(self) -> str:
        return self.name
