"""Environments keep worlds apart; an API key opens exactly one of them."""

from django.db import models
from rest_framework_api_key.models import AbstractAPIKey

from billing.models.base import id_field


class Environment(models.Model):
    """A world of its own: no row of one environment ever meets a row of another."""

    class Kind(models.TextChoices):
        PRODUCTION = "production"
        SANDBOX = "sandbox"
        DEVELOPMENT = "development"

    id = id_field("env")
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.SANDBOX)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApiKey(AbstractAPIKey):
    """A key to the REST API: stored as a hash, for one environment, to read or to write."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="api_keys")
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.WRITE)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "API key"
        verbose_name_plural = "API keys"
