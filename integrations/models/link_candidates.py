"""Link candidates: which of the provider's objects may be which row here, and what a person says of it."""

from django.db import models

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from integrations.models.imports import ImportRun


class LinkGrade(WordedChoices):
    """Certain: an id says so. Probable: both have one name. Several: more than one row may be it."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    SEVERAL = "several"


class LinkChoice(WordedChoices):
    """Link: the two are counterparts. Apart: they are not, and the object gets a row of its own."""

    LINK = "link"
    APART = "apart"


class LinkCandidate(models.Model):
    """One object without a mapping. ``entity_id``: the row that it probably is, or was said to be."""

    id = id_field("cand")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="candidates")
    entity_type = models.CharField(max_length=30)
    provider_entity_id = models.CharField(max_length=255)
    label = models.CharField(max_length=200, blank=True, default="")
    entity_id = models.CharField(max_length=40, blank=True, default="")
    entity_label = models.CharField(max_length=200, blank=True, default="")
    # All rows that it may be: [[id, label, why], ...].
    rows = models.JSONField(default=list)
    grade = models.CharField(max_length=10, choices=LinkGrade.choices)
    # "" until a person has decided.
    choice = models.CharField(max_length=10, choices=LinkChoice.choices, blank=True, default="")
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "entity_type", "provider_entity_id"], name="link_candidate_once"
            ),
            # Of two objects only one can be the row.
            models.UniqueConstraint(
                fields=["run", "entity_type", "entity_id"],
                condition=models.Q(choice=LinkChoice.LINK),
                name="link_candidate_row_once",
            ),
        ]
        indexes = [models.Index(fields=["run", "entity_type", "entity_id"], name="link_candidate_of_row")]

    def __str__(self) -> str:
        return f"{self.provider_entity_id} = {self.entity_id or '?'}"
