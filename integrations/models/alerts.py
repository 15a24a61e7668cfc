"""Alerts: where people are told of what needs them, and what they were told."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from billing import money
from billing.models import Environment
from billing.models.base import id_field


class AlertChannel(models.Model):
    """An address that alerts go to, and which of them.

    ``codes``: kinds of problems, [] for all. ``least_amount``: where money is at stake, how much must be, in
    major units of any one currency. Between ``quiet_from`` and ``quiet_until`` (in ``time_zone``) nothing is
    sent; what is still wrong afterwards is.
    """

    id = id_field("alch")
    name = models.CharField(max_length=100, unique=True)
    # None for all environments, and what concerns none, such as a worker.
    environment = models.ForeignKey(
        Environment, on_delete=models.CASCADE, null=True, blank=True, related_name="alert_channels"
    )
    sealed_address = models.TextField(editable=False)
    # Its scheme and host: the rest may be a secret.
    shown_address = models.CharField(max_length=300, editable=False)
    codes = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    least_amount = models.DecimalField(
        max_digits=money.AMOUNT_DIGITS, decimal_places=money.AMOUNT_PLACES, null=True, blank=True
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    is_enabled = models.BooleanField(default=True)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why the last message could not be sent, "" when it was.
    last_error = models.TextField(blank=True, default="", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="alert_channel_quiet_both",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """A group of problems that a channel was told of; ended once it was told that it is over.

    ``named``: ids of what it was about when it was told, the oldest ones: of rows here, or of objects of
    the provider's.
    """

    # How many ids are kept.
    MOST_NAMED = 1000

    id = id_field("alrt")
    channel = models.ForeignKey(AlertChannel, on_delete=models.CASCADE, related_name="alerts")
    # The group's.
    key = models.CharField(max_length=150)
    title = models.CharField(max_length=500)
    named = ArrayField(
        models.CharField(max_length=255), default=list, db_default=[], blank=True, editable=False
    )
    raised_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "alerts sent"
        ordering = ["-raised_at", "-id"]
        indexes = [GinIndex(fields=["named"], name="alert_named")]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "key"], condition=Q(ended_at__isnull=True), name="alert_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.title
