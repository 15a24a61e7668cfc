"""The inbox: every verified event of a provider, stored before it is acknowledged."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from billing.models.base import by_prefix, id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.models.connections import Connection, ConnectionStatus


class InboundState(WordedChoices):
    PENDING = "pending"
    APPLIED = "applied"
    IGNORED = "ignored"
    DEAD = "dead"


class InboundSource(WordedChoices):
    """Which way the payload came. Polled: read from the provider's list of events."""

    WEBHOOK = "webhook"
    POLLED = "polled"


class InboundEvents(models.QuerySet["InboundEvent"]):
    """Events, and which of them are due."""

    def due(self, now: datetime) -> Self:
        """Pending events that are due, oldest first; those of a paused connection wait."""
        pending = self.filter(state=InboundState.PENDING, next_attempt_at__lte=now)
        return pending.exclude(connection__status=ConnectionStatus.PAUSED).order_by(
            "next_attempt_at", "created"
        )

    def missed(self) -> Self:
        """Events that only a poll has brought."""
        return self.filter(source=InboundSource.POLLED, webhook_at__isnull=True)


class InboundEvent(models.Model):
    """One event. ``payload``: what was signed, {} once pruned. ``reason``: why ignored, waiting or dead."""

    state_changes = StateChanges(
        "state",
        {
            ((), "pending"): "stored",
            (("pending",), "applied"): "",
            (("pending",), "ignored"): "not for FlexSync",
            (("pending",), "dead"): "unreadable, or tried often enough",
            (("applied", "ignored", "dead"), "pending"): "replay",
        },
    )

    id = id_field("evt")
    # Without an index of its own: inbound_event_once begins with it.
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="inbound_events", db_index=False
    )
    provider_event_id = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True, default="")
    created = models.DateTimeField()
    api_version = models.CharField(max_length=50, blank=True, default="")
    livemode = models.BooleanField(default=False)
    payload = models.JSONField()
    # Of a dead event that several rows or objects match: [{"ours": id, "theirs": id, "because": str}]; else
    # null.
    conflict = models.JSONField(null=True, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=InboundState.choices, default=InboundState.PENDING)
    reason = models.TextField(blank=True, default="")
    # "import:imp_...": goes on by itself once the decisions that the import asks for are made.
    waits_for = models.CharField(max_length=80, blank=True, default="", db_default="", editable=False)
    # FlexSync's own call has caused it, and it brought nothing: lists show it only where it is asked for.
    is_echo = models.BooleanField(default=False, db_default=False, editable=False)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    # When a worker was last notified of the row: the sweep notifies it again only after a while.
    nudged_at = models.DateTimeField(null=True, blank=True, editable=False)
    verified_by = models.CharField(max_length=4, blank=True, default="")
    source = models.CharField(
        max_length=10, choices=InboundSource.choices, default=InboundSource.WEBHOOK, db_default="webhook"
    )
    # When the webhook of a polled event came after all.
    webhook_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    pruned_at = models.DateTimeField(null=True, blank=True)

    objects = InboundEvents.as_manager()

    class Meta:
        verbose_name = "inbox event"
        permissions = [("replay_inboundevent", "Can replay inbound event")]
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "provider_event_id"], name="inbound_event_once", opclasses=by_prefix(2)
            ),
            models.CheckConstraint(
                condition=Q(state=InboundState.PENDING) & Q(settled_at__isnull=True)
                | ~Q(state=InboundState.PENDING) & Q(settled_at__isnull=False),
                name="inbound_settled_when_not_pending",
            ),
            # Without its payload an event cannot be applied again.
            models.CheckConstraint(
                condition=Q(pruned_at__isnull=True) | ~Q(state=InboundState.PENDING),
                name="inbound_pruned_when_settled",
            ),
        ]
        indexes = [
            # What the claim reads: only rows that wait, in the order in which they fall due.
            models.Index(
                fields=["next_attempt_at", "created"],
                condition=Q(state=InboundState.PENDING),
                name="inbound_pending",
            ),
            # What pruning reads: the oldest settled rows that still have their payload.
            models.Index(
                fields=["settled_at"],
                condition=Q(settled_at__isnull=False, pruned_at__isnull=True),
                name="inbound_prunable",
            ),
            # What the list of open conflicts reads.
            models.Index(
                fields=["-settled_at"], condition=Q(conflict__isnull=False), name="inbound_contested"
            ),
            # What only polls have brought: few rows, unless something is wrong.
            models.Index(
                fields=["connection", "-received_at"],
                condition=Q(source=InboundSource.POLLED),
                name="inbound_polled",
            ),
            models.Index(
                fields=["connection", "webhook_at"],
                condition=Q(webhook_at__isnull=False),
                name="inbound_delivered_late",
            ),
            models.Index(
                fields=["connection", "object_id"],
                opclasses=by_prefix(2),
                name="inbound_object_of_connection",
            ),
            models.Index(fields=["state", "-received_at"]),
            models.Index(fields=["waits_for"], condition=~Q(waits_for=""), name="inbound_waits_for"),
            # What lists of a rare type read: a summary of the pages, because each event would pay for more.
            BrinIndex(
                fields=["type"],
                opclasses=["text_bloom_ops"],
                pages_per_range=32,
                autosummarize=True,
                name="inbound_of_type",
            ),
            # What lists read, which leave echoes out.
            models.Index(fields=["received_at"], include=["is_echo"], name="inbound_received"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.provider_event_id}"
