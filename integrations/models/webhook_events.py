"""Events for the programs of others: what changed here, in the order in which it was published."""

from django.db import models
from rest_framework.utils.encoders import JSONEncoder

from billing.models import Environment
from billing.models.audit import AuditAction
from billing.models.base import IdField, id_field


class WebhookEvent(models.Model):
    """One change of one object, published once.

    ``position``: given by the only publisher, so that a greater one is never seen before a smaller one.
    ``sequence``: counts the events of the object, from 1. ``entry_id``: of the audit entry that the change
    left. ``changes``: {field: [before, after]}. ``data``: the object as the API showed it at ``data_at``, in
    the shape ``shape``; None until somebody reads it or it is sent, then never changed again.
    """

    id = id_field("whev")
    environment = models.ForeignKey(
        Environment, on_delete=models.CASCADE, related_name="+", db_index=False, editable=False
    )
    position = models.BigIntegerField(unique=True)
    entry_id = models.BigIntegerField(unique=True)
    type = models.CharField(max_length=60)
    object_type = models.CharField(max_length=30)
    object_id = IdField(max_length=40)
    sequence = models.BigIntegerField()
    action = models.CharField(max_length=7, choices=AuditAction.choices)
    changes = models.JSONField()
    actor_type = models.CharField(max_length=10)
    request_id = models.CharField(max_length=255)
    created_at = models.DateTimeField()
    shape = models.CharField(max_length=10, blank=True, default="")
    data = models.JSONField(null=True, encoder=JSONEncoder)
    data_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint(fields=["object_id", "sequence"], name="webhook_event_sequence"),
        ]
        indexes = [
            models.Index(fields=["environment", "position"], name="webhook_event_position"),
            models.Index(fields=["environment", "type", "position"], name="webhook_event_type"),
            # What lists of a time read.
            models.Index(fields=["environment", "created_at", "position"], name="webhook_event_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.object_id}"


class WebhookFeed(models.Model):
    """How far the audit is published: one row, locked by the only publisher.

    ``position``: of the newest event. ``published_to``: whatever entry has this id or a smaller one is
    published, or will never be there. ``seen_entry``, ``seen_transaction``: the newest entry that a run saw,
    and the first transaction that began after it looked: once all before that have ended, nothing below
    ``seen_entry`` is still to come.
    """

    position = models.BigIntegerField(default=0)
    published_to = models.BigIntegerField(default=0)
    seen_entry = models.BigIntegerField(default=0)
    seen_transaction = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Published to {self.published_to}"
