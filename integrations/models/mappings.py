"""Mappings: which of the provider's objects is the counterpart of which row, one to one."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from integrations.models.connections import Connection


class EntityMapping(models.Model):
    """A row and its counterpart at the provider, with what was last seen from there and last sent there.

    Without ``entity_id`` it only remembers that an object which was never here is deleted there, or that a
    person unlinked it: only a person links that one again.
    """

    id = id_field("map")
    # Without an index of its own: mapping_of_theirs_once begins with it.
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="mappings", db_index=False
    )
    entity_type = models.CharField(max_length=30)
    entity_id = models.CharField(max_length=40, blank=True)
    provider_entity_id = models.CharField(max_length=255)
    # The provider's own time of the newest event applied, and its rank among events of that second.
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_rank = models.SmallIntegerField(default=0)
    # Which event that was: another one of the same second and rank is concurrent.
    seen_event = models.CharField(max_length=255, blank=True, default="", editable=False)
    deleted_there = models.BooleanField(default=False)
    # A digest of what was last sent; equal digests need no call.
    sent_fingerprint = models.CharField(max_length=64, blank=True, default="")
    # When the provider last answered one of FlexSync's calls about it.
    sent_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity_type", "entity_id"],
                condition=~Q(entity_id=""),
                name="mapping_of_ours_once",
            ),
            models.UniqueConstraint(
                fields=["connection", "entity_type", "provider_entity_id"], name="mapping_of_theirs_once"
            ),
        ]
        indexes = [
            models.Index(fields=["entity_id"]),
            models.Index(fields=["provider_entity_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id} = {self.provider_entity_id}"
