"""Endpoints of other programs: where events are sent, which of them, and with which secrets signed."""

import json
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models import Environment
from billing.models.base import id_field
from integrations.db.encryption import decrypt, decrypt_json, encrypt, opens
from integrations.models.content_versions import version_of


class WebhookEndpoint(models.Model):
    """An address that events of one environment are sent to.

    ``event_types``: "invoice.paid", "invoice.*"; [] for all. ``shape``: in which the objects are shown.
    ``failing_since``: of the first of the failures since the last success, ``failures`` of them.
    ``next_attempt_at``: nothing is sent before, because of these. ``leased_until``, ``lease_holder``: the
    worker that sends to it. ``deleted_at``: nothing is sent any more, and nobody sees the row.
    """

    id = id_field("whep")
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="webhook_endpoints", db_index=False
    )
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=500, blank=True, default="")
    event_types = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    shape = models.CharField(max_length=10, editable=False)
    sealed_headers = models.TextField(blank=True, default="", editable=False)
    # Their names: the values may be secrets.
    header_names = ArrayField(models.CharField(max_length=100), default=list, editable=False)
    enabled = models.BooleanField(default=True)
    # Why FlexSync itself has disabled it, "" where it has not.
    disabled_reason = models.CharField(max_length=500, blank=True, default="", editable=False)
    disabled_at = models.DateTimeField(null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.CharField(max_length=500, blank=True, default="", editable=False)
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    next_attempt_at = models.DateTimeField(null=True, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    lease_holder = models.CharField(max_length=100, blank=True, default="", editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["environment", "-created_at"],
                condition=Q(deleted_at__isnull=True),
                name="webhook_endpoint_live",
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def version(self) -> int:
        """Another one once its settings or secrets have changed; not by what comes of deliveries.

        That FlexSync has disabled it is a change of them.
        """
        newest = max((one.pk for one in self.secrets.all()), default=0)
        settings = (self.url, self.description, self.event_types, self.enabled, self.sealed_headers)
        return version_of(*settings, newest)

    def headers(self) -> dict[str, str]:
        """The decrypted headers of its own, to be sent only."""
        return decrypt_json(self.sealed_headers)

    def set_headers(self, headers: dict[str, str]) -> None:
        """Encrypts them into the row (the caller saves)."""
        self.sealed_headers = encrypt(json.dumps(headers)) if headers else ""
        self.header_names = sorted(headers)

    def wants(self, event_type: str) -> bool:
        """Whether events of the type are sent to it."""
        family = f"{event_type.partition('.')[0]}.*"
        return not self.event_types or event_type in self.event_types or family in self.event_types

    def signing_secrets(self, now: datetime) -> list[str]:
        """The decrypted secrets that sign now, the newest first.

        One that no key opens is left out, so that another one can take its place; raises NoKeyOpens where
        there is no other one.
        """
        valid = self.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        sealed = [secret.sealed for secret in valid.order_by("-created_at", "-pk")]
        return [decrypt(one) for one in [*filter(opens, sealed)] or sealed]


class WebhookSecret(models.Model):
    """A secret that signs; several do at once while one is being replaced."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets")
    sealed = models.TextField(editable=False)
    last4 = models.CharField(max_length=4, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"****{self.last4}"
