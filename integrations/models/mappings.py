"""Mappings: which of the provider's objects is the counterpart of which row, one to one."""

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from billing.models.base import BY_PREFIX, id_field
from billing.models.choices import WordedChoices
from integrations.models.connections import Connection
from integrations.models.content_versions import version_of


class GoneChoice(WordedChoices):
    """What a person decides about an object that is gone: see docs/two_writers.md."""

    CREATE_ANEW = "create_anew", "Create anew"
    ARCHIVE = "archive", "Archive here"
    LEAVE = "leave", "Leave it"


class EntityMapping(models.Model):
    """A row and its counterpart at the provider, with what was last seen from there and last sent there.

    Without ``entity_id`` it only remembers an object: one that is gone there, and was never here or (with
    ``former_entity_id``) got a successor; or one that a person unlinked, and that only a person links again.
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
    # Since when the provider has the object no more, and how that was seen.
    gone_at = models.DateTimeField(null=True, blank=True)
    gone_reason = models.TextField(blank=True, default="", db_default="")
    # What a person has decided about it, who, and when.
    gone_choice = models.CharField(
        max_length=20, blank=True, default="", db_default="", choices=GoneChoice.choices
    )
    decided_by = models.CharField(max_length=150, blank=True, default="", db_default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    # Whose counterpart it was until another was made in its place.
    former_entity_id = models.CharField(max_length=40, blank=True, default="", db_default="")
    # A digest of what was last sent; equal digests need no call.
    sent_fingerprint = models.CharField(max_length=64, blank=True, default="")
    # When the provider last answered one of FlexSync's calls about it.
    sent_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    # The provider's own number of an invoice, as the notes have it. Not an index on the notes: with one, each
    # change of them would change all indexes.
    number = models.GeneratedField(
        expression=KeyTextTransform("number", "metadata"),
        output_field=models.TextField(null=True),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "mapping"
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
            models.Index(
                fields=["provider_entity_id"], opclasses=[BY_PREFIX], name="mapping_provider_entity_id"
            ),
            models.Index(
                fields=["former_entity_id"], condition=~Q(former_entity_id=""), name="mapping_of_former"
            ),
            models.Index(
                fields=["number"],
                condition=Q(number__isnull=False),
                opclasses=["text_pattern_ops"],
                name="mapping_number",
            ),
            # What lists of those that are gone read.
            models.Index(fields=["-created_at"], condition=Q(gone_at__isnull=False), name="mapping_gone"),
            models.Index(
                fields=["gone_at"],
                condition=Q(gone_at__isnull=False, gone_choice="") & ~Q(entity_id=""),
                name="mapping_gone_undecided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity_id or self.former_entity_id} = {self.provider_entity_id}"

    @property
    def version(self) -> int:
        """Another one once another pair is meant, its object is gone, or a person has decided about that."""
        pair = (self.connection_id, self.entity_type, self.entity_id, self.provider_entity_id)
        return version_of(*pair, self.former_entity_id, self.gone_at, self.gone_choice, self.decided_at)

    @property
    def owner_id(self) -> str | None:
        """FlexSync's id of the row that the object belongs to, or belonged to; None for none."""
        return self.entity_id or self.former_entity_id or None
