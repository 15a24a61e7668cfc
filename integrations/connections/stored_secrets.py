"""Every secret that is stored: encrypted again when the keys rotate, and named where no key opens it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from integrations.db.encryption import NoKeyOpens, decrypt, encrypt, opens
from integrations.models import AlertChannel, Connection, SigningSecret, WebhookEndpoint, WebhookSecret


@dataclass(frozen=True)
class StoredSecret:
    """Where one is stored, as a person would say it, and what is stored there."""

    name: str
    row: models.Model
    column: str

    @property
    def token(self) -> str:
        """As it is stored, encrypted."""
        return str(getattr(self.row, self.column))

    def store(self, text: str) -> None:
        """Encrypts ``text`` in place of what is stored."""
        rows = type(self.row)._default_manager.filter(pk=self.row.pk)
        rows.update(**{self.column: encrypt(text)})


@transaction.atomic
def encrypt_again() -> tuple[int, list[str]]:
    """Encrypts each with the first of CREDENTIAL_KEYS; returns how many, and which ones no key opens."""
    opened, unopened = 0, []
    for secret in _all(locked=True):
        try:
            secret.store(decrypt(secret.token))
            opened += 1
        except NoKeyOpens:
            unopened.append(secret.name)
    return opened, unopened


def unopened() -> list[str]:
    """The names of those that none of CREDENTIAL_KEYS opens."""
    return [secret.name for secret in _all(locked=False) if not opens(secret.token)]


def _all(*, locked: bool) -> Iterator[StoredSecret]:
    for model, column, name in _COLUMNS:
        rows = model._default_manager.exclude(**{column: ""})
        for row in rows.select_for_update(of=("self",), no_key=True) if locked else rows:
            yield StoredSecret(name(row), row, column)


def _connection(connection: Connection) -> str:
    return f'connection "{connection.name}" ({connection.pk})'


def _endpoint(endpoint: WebhookEndpoint) -> str:
    return f"webhook endpoint {endpoint.url} ({endpoint.pk})"


# Where secrets are stored: the model, the column, and what a person calls what is there.
_COLUMNS: tuple[tuple[type[models.Model], str, Callable[[Any], str]], ...] = (
    (Connection, "sealed_credentials", lambda row: f"the credentials of {_connection(row)}"),
    (SigningSecret, "sealed", lambda row: f"the signing secret {row} of {_connection(row.connection)}"),
    (WebhookEndpoint, "sealed_headers", lambda row: f"the headers of {_endpoint(row)}"),
    (WebhookSecret, "sealed", lambda row: f"the secret {row} of {_endpoint(row.endpoint)}"),
    (AlertChannel, "sealed_address", lambda row: f'the address of the alert channel "{row.name}"'),
)
TABLES = frozenset(model._meta.db_table for model, *_ in _COLUMNS)
