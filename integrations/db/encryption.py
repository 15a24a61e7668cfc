"""Encrypts what must not be readable from the database alone; keys rotate by putting a new one first."""

import json

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


class NoKeyOpens(ImproperlyConfigured):
    """A stored secret was encrypted with a key that is not among CREDENTIAL_KEYS."""


def _fernet() -> MultiFernet:
    """The keys of CREDENTIAL_KEYS: the first encrypts, each may decrypt."""
    try:
        return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])
    except ValueError as error:
        raise ImproperlyConfigured(
            "CREDENTIAL_KEYS must be Fernet keys. Make one with manage.py make_credential_key."
        ) from error


def encrypt(text: str) -> str:
    """``text`` as a token that only the keys can decrypt."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of ``token``; raises NoKeyOpens when none of the keys decrypts it."""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        raise NoKeyOpens(
            "None of CREDENTIAL_KEYS decrypts a stored secret. Put the key back that it was encrypted with, or store"
            " the secret again."
        ) from None


def opens(token: str) -> bool:
    """Whether one of the keys decrypts it."""
    try:
        decrypt(token)
    except NoKeyOpens:
        return False
    return True


def decrypt_json(token: str) -> dict[str, str]:
    """The JSON object in ``token``, {} when there is none; raises as ``decrypt``."""
    return json.loads(decrypt(token)) if token else {}


def last4(secret: str) -> str:
    """What may be shown of a secret."""
    return secret[-4:] if len(secret) > 8 else ""
