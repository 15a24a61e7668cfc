"""Environments keep worlds apart; an API key opens exactly one of them."""

from typing import ClassVar

from django.db import models
from rest_framework_api_key.models import AbstractAPIKey, APIKeyManager

from billing.models.base import id_field
from billing.models.choices import WordedChoices


class Environment(models.Model):
    """A world of its own: no row of one environment ever meets a row of another."""

    class Kind(WordedChoices):
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


class ApiKeys(APIKeyManager):
    """The keys, each with its prefix as its id.

    The library's own id has the key's hash in it, and ids stand in addresses and on pages.
    """

    def assign_key(self, obj: AbstractAPIKey) -> str:
        """Gives the row a new key, and returns its text."""
        text = str(super().assign_key(obj))
        obj.id = obj.prefix
        return text


class ApiKey(AbstractAPIKey):
    """A key to the REST API: stored as a hash, for one environment, to read or to write."""

    class Scope(WordedChoices):
        READ = "read"
        WRITE = "write"

    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="api_keys")
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.WRITE)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[APIKeyManager] = ApiKeys()

    class Meta(AbstractAPIKey.Meta):
        verbose_name = "API key"
        verbose_name_plural = "API keys"
