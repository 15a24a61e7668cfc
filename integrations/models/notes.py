"""Notes: what operators write down about a row."""

from django.db import models

from billing.models.base import id_field


class Note(models.Model):
    """One remark about a row of billing, which stays as it was written. ``written_by``: a user's name."""

    LONGEST = 2000

    id = id_field("note")
    entity_type = models.CharField(max_length=30)
    entity_id = models.CharField(max_length=40)
    text = models.TextField(max_length=LONGEST)
    written_by = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["entity_id", "-created_at"], name="note_of_row")]

    def __str__(self) -> str:
        return self.text
