"""What an import could not do by itself."""

from django.db import models

from integrations.models.imports import ImportOutcome, ImportRun


class ImportFinding(models.Model):
    """One object that needs a person: it is in conflict, or cannot be here as it is."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="findings")
    entity_type = models.CharField(max_length=30)
    provider_entity_id = models.CharField(max_length=255)
    # The row that it is linked to, "" for none.
    entity_id = models.CharField(max_length=40, blank=True, default="")
    label = models.CharField(max_length=200, blank=True, default="")
    outcome = models.CharField(max_length=12, choices=ImportOutcome.choices)
    reason = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "entity_type", "provider_entity_id"], name="import_finding_once"
            )
        ]
        indexes = [models.Index(fields=["provider_entity_id"], name="import_finding_of_object")]

    def __str__(self) -> str:
        return f"{self.provider_entity_id} {self.outcome}"
