"""What persons did to mappings: who linked, relinked or unlinked which pair, when and why."""

from django.db import models

from billing.models.base import id_field
from billing.models.choices import WordedChoices
from integrations.models.connections import Connection


class MappingAction(WordedChoices):
    """Relinked: one of the two has another counterpart now.

    Of an object that is gone at the provider: created anew, archived here, or left as it is.
    """

    LINKED = "linked"
    RELINKED = "relinked"
    UNLINKED = "unlinked"
    CREATED_ANEW = "created_anew", "Created anew"
    ARCHIVED = "archived"
    LEFT = "left"


class MappingChange(models.Model):
    """One change by hand. The pair is as it was made, or, of an unlinked one, as it was until then.

    ``before_...``: of a relinked one, the pair until then. ``metadata``: what the caller added.
    """

    id = id_field("mapc")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="mapping_changes")
    mapping_id = models.CharField(max_length=40)
    action = models.CharField(max_length=20, choices=MappingAction.choices)
    entity_type = models.CharField(max_length=30)
    entity_id = models.CharField(max_length=40, db_index=True)
    provider_entity_id = models.CharField(max_length=255, db_index=True)
    before_entity_id = models.CharField(max_length=40, blank=True, default="")
    before_provider_entity_id = models.CharField(max_length=255, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    # As in OutboundSync.started_by: a user's name, or "API key" and the key's name.
    done_by = models.CharField(max_length=150, blank=True, default="")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["mapping_id"])]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.entity_id} and {self.provider_entity_id}"
