"""Conflicts: fields that were changed on both sides, to different values, before either knew of the other."""

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from integrations.models.connections import Connection, Owner
from integrations.models.content_versions import version_of

# Who can have won.
SIDES = [(side.value, side.label) for side in (Owner.FLEXSYNC, Owner.PROVIDER)]


class Conflict(models.Model):
    """One field of one mapping with both values, as the provider's parameters spell them (null: nothing).

    ``winner`` is "" while it is open: both sides then keep their own value. ``rule``: the owner setting that
    decided, or that could not (two changes of the same second). ``decided_by``: who decided otherwise since.
    """

    id = id_field("conf")
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="conflicts", db_index=False
    )
    entity_type = models.CharField(max_length=30)
    entity_id = models.CharField(max_length=40)
    provider_entity_id = models.CharField(max_length=255)
    field = models.CharField(max_length=255)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    # When each side changed it, as far as that is known.
    ours_at = models.DateTimeField(null=True, blank=True)
    theirs_at = models.DateTimeField(null=True, blank=True)
    rule = models.CharField(max_length=10, choices=Owner.choices)
    winner = models.CharField(max_length=10, blank=True, default="", choices=SIDES)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    # The idempotency key of the call that had replaced the provider's value unseen, "" for none.
    replaced_by = models.CharField(max_length=255, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "entity_type", "entity_id", "field"],
                condition=Q(winner=""),
                name="conflict_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["connection", "-created_at"]),
            models.Index(fields=["entity_id"]),
            models.Index(fields=["-created_at"]),
            models.Index(fields=["-created_at", "-id"], condition=Q(winner=""), name="conflict_open"),
        ]

    @property
    def version(self) -> int:
        """What a person decides by: another one once it was decided, or the provider's value changed."""
        return version_of(self.winner, self.decided_at, self.theirs)

    # As people call it, once somebody has looked that up.
    called = ""

    def __str__(self) -> str:
        return self.called or f"{self.field} of {self.entity_id}"
