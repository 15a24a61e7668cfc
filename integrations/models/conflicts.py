"""Conflicts: fields that were changed on both sides, to different values, before either knew of the other."""

import json
from hashlib import sha256

from django.db import models
from django.db.models import Q

from billing.models.base import id_field
from integrations.models.connections import Connection, Owner

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
        """What a person decides by: another one once somebody has decided, or the provider's value changed.

        It is exact among JSON's numbers.
        """
        decided_at = self.decided_at.isoformat() if self.decided_at else ""
        seen = json.dumps([self.winner, decided_at, self.theirs], sort_keys=True)
        return int(sha256(seen.encode()).hexdigest()[:12], 16)

    # As people call it, once somebody has looked that up.
    called = ""

    def __str__(self) -> str:
        return self.called or f"{self.field} of {self.entity_id}"
