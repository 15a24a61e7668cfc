"""Connections: one account at one provider, with its secrets and its switches."""

import json
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models import Environment
from billing.models.base import id_field
from billing.models.choices import WordedChoices
from billing.state_changes import StateChanges
from integrations.db.encryption import NoKeyOpens, decrypt, decrypt_json, encrypt, last4
from integrations.models.content_versions import version_of

SWITCHES = (
    "customer_inbound_enabled",
    "customer_outbound_enabled",
    "plan_inbound_enabled",
    "plan_outbound_enabled",
    "subscription_inbound_enabled",
    "subscription_outbound_enabled",
    "invoice_inbound_enabled",
    "invoice_outbound_enabled",
    "payment_inbound_enabled",
)


class Owner(WordedChoices):
    """Whose value stays where both sides changed a field of an entity before they knew of each other."""

    FLEXSYNC = "flexsync"
    PROVIDER = "provider"
    NEWEST = "newest"


# By kind of entity ("plan" with its prices): which column says whose value stays.
OWNERS = {
    "customer": "customer_owner",
    "plan": "plan_owner",
    "price": "plan_owner",
    "subscription": "subscription_owner",
    "invoice": "invoice_owner",
}
# How it treats money and two writers, besides what it syncs.
OPTIONS = (
    "collects_currencies",
    "collects_countries",
    "auto_refund_duplicates",
    "rounds_three_decimals",
    "keeps_guest_payments",
    *dict.fromkeys(OWNERS.values()),
)


class ConnectionStatus(WordedChoices):
    """Paused by an operator: all work waits. Broken: outbound work waits. Archived: deleted."""

    ACTIVE = "active"
    PAUSED = "paused"
    BROKEN = "broken"
    ARCHIVED = "archived"


def _owner() -> Any:
    return models.CharField(max_length=10, choices=Owner.choices, blank=True, default="")


class Connection(models.Model):
    """One account at one provider. ``provider`` is a slug of the registry; there are no literal choices."""

    state_changes = StateChanges(
        "status",
        {
            ((), "active"): "connect",
            (("active", "broken"), "paused"): "pause",
            (("active",), "broken"): "refused, or not reached",
            (("paused", "broken"), "active"): "resume, or mended",
            (("active", "paused", "broken"), "archived"): "delete",
        },
    )

    id = id_field("conn")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="connections")
    provider = models.CharField(max_length=50)
    name = models.CharField(max_length=100)
    status = models.CharField(
        max_length=10, choices=ConnectionStatus.choices, default=ConnectionStatus.ACTIVE
    )
    status_reason = models.CharField(max_length=500, blank=True, default="")
    # When the status last changed.
    status_since = models.DateTimeField(default=timezone.now, editable=False)
    # While broken: when it is probed next, and how many probes have failed.
    next_probe_at = models.DateTimeField(null=True, blank=True, editable=False)
    failed_probes = models.PositiveSmallIntegerField(default=0, editable=False)
    sealed_credentials = models.TextField(blank=True, default="", editable=False)
    # Last four characters by field name, so that showing them never needs a key.
    shown_credentials = models.JSONField(default=dict, blank=True, editable=False)
    # When the credentials were last stored: what was done with earlier ones proves nothing of these.
    credentials_at = models.DateTimeField(default=timezone.now, editable=False)
    livemode = models.BooleanField(default=False)
    account_id = models.CharField(max_length=255, blank=True, default="")
    api_version = models.CharField(max_length=50, blank=True, default="")
    webhook_endpoint_id = models.CharField(max_length=255, blank=True, default="")
    # Since when nothing is sent, because the database was found to be older than what the provider has seen.
    recovering_since = models.DateTimeField(null=True, blank=True, editable=False)
    # In the idempotency keys since the last recovery: those from before may have been used for other content.
    recovery_mark = models.CharField(max_length=12, blank=True, default="", db_default="", editable=False)
    # Kinds of which the provider may have counterparts that are not known here: see doubtful_kinds.
    doubts = models.JSONField(default=dict, blank=True, db_default={}, editable=False)
    customer_inbound_enabled = models.BooleanField(default=False)
    customer_outbound_enabled = models.BooleanField(default=False)
    plan_inbound_enabled = models.BooleanField(default=False)
    plan_outbound_enabled = models.BooleanField(default=False)
    subscription_inbound_enabled = models.BooleanField(default=False)
    subscription_outbound_enabled = models.BooleanField(default=False)
    invoice_inbound_enabled = models.BooleanField(default=False)
    invoice_outbound_enabled = models.BooleanField(default=False)
    payment_inbound_enabled = models.BooleanField(default=False)
    # Which invoices it collects where several connections could: by currency, by the customer's country; []
    # for all.
    collects_currencies = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    collects_countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    # Money that came twice is refunded without asking.
    auto_refund_duplicates = models.BooleanField(default=False)
    # Lines in currencies with three decimals are rounded to the steps of 0.010 that the provider takes.
    rounds_three_decimals = models.BooleanField(default=False)
    # Payments that began at the provider and name no customer come here too, without one.
    keeps_guest_payments = models.BooleanField(default=True)
    # Whose value stays after a conflict; "" for the side that the kind's switches make the source.
    customer_owner = _owner()
    plan_owner = _owner()
    subscription_owner = _owner()
    invoice_owner = _owner()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        permissions = [("change_secrets", "Can change secrets of connections")]
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["environment", "name"],
                condition=~Q(status=ConnectionStatus.ARCHIVED),
                name="connection_name_once",
            ),
            # Two connections to one account would send everything to it twice.
            models.UniqueConstraint(
                fields=["environment", "provider", "account_id", "livemode"],
                condition=~Q(status=ConnectionStatus.ARCHIVED) & ~Q(account_id=""),
                name="connection_account_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def version(self) -> int:
        """Another one once a person has changed what it does, or its secrets; not by how it fares.

        That one is broken, or probed, or recovers, says nothing of its settings; that it is paused does.
        """
        settings = [getattr(self, name) for name in ("name", *SWITCHES, *OPTIONS)]
        stops = self.status in (ConnectionStatus.PAUSED, ConnectionStatus.ARCHIVED)
        signing = max((one.pk for one in self.signing_secrets.all()), default=0)
        return version_of(settings, stops and self.status, self.credentials_at, signing)

    def credentials(self) -> dict[str, str]:
        """The decrypted credentials, for the provider's gateway only."""
        return decrypt_json(self.sealed_credentials)

    def seal(self, credentials: dict[str, str]) -> None:
        """Encrypts ``credentials`` into the row (the caller saves)."""
        self.sealed_credentials = encrypt(json.dumps(credentials))
        self.shown_credentials = {name: last4(secret) for name, secret in credentials.items() if secret}

    def masked(self, text: str) -> str:
        """``text`` without this connection's secrets, so that an error message may be stored and shown."""
        try:
            secrets = self.credentials().values()
        except NoKeyOpens:
            return text  # secrets that no key decrypts were never used in a call
        for secret in filter(None, secrets):
            text = text.replace(secret, f"****{last4(secret)}")
        return text

    def owner_of(self, kind: str) -> Owner:
        """Whose value stays where both sides changed a field of the kind.

        As set, or else: the side that alone is the source of the kind, the newest value where both are.
        """
        name = OWNERS[kind]
        if chosen := getattr(self, name):
            return Owner(chosen)
        family = name.removesuffix("_owner")
        inbound, outbound = (
            getattr(self, f"{family}_inbound_enabled"),
            getattr(self, f"{family}_outbound_enabled"),
        )
        if inbound == outbound:
            return Owner.NEWEST
        return Owner.PROVIDER if inbound else Owner.FLEXSYNC

    def whereabouts(self) -> dict[str, Any]:
        """What a provider needs to link to its own pages: {"livemode", "account_id"}."""
        return {"livemode": self.livemode, "account_id": self.account_id}


class SigningSecret(models.Model):
    """A secret that verifies webhooks; several are valid at once while one is being replaced."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="signing_secrets")
    sealed = models.TextField(editable=False)
    last4 = models.CharField(max_length=4, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"****{self.last4}"

    def secret(self) -> str:
        """The decrypted secret, for verifying signatures only."""
        return decrypt(self.sealed)
