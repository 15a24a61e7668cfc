"""Every secret that is stored: encrypted again when the keys rotate, and named where no key opens it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models, transaction

from integrations.db.encryption import NoKeyOpens, decrypt, encrypt, opens
from integrations.models import Connection, SigningSecret


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
    connections = Connection.objects.exclude(sealed_credentials="")
    signing = SigningSecret.objects.select_related("connection")
    if locked:
        connections = connections.select_for_update(no_key=True)
        signing = signing.select_for_update(of=("self",))
    for connection in connections:
        yield StoredSecret(f"the credentials of {_name(connection)}", connection, "sealed_credentials")
    for one in signing:
        yield StoredSecret(f"the signing secret {one} of {_name(one.connection)}", one, "sealed")


def _name(connection: Connection) -> str:
    return f'connection "{connection.name}" ({connection.pk})'
