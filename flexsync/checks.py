"""Checks of the settings and the database: without these FlexSync cannot serve, or would not be safe.

`manage.py check --deploy` runs them, and so does each process before it serves. All but those of the keys and
the database allow what is only reached from this machine, such as the demo.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks.security.base import check_secret_key
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http.request import validate_host
from limits import parse

# What has to be right before a process serves.
STARTUP = "startup"
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
SHOWN = 3


@register(STARTUP)
def credential_keys_are_keys(**_options: Any) -> list[CheckMessage]:
    """Checks that stored secrets can be encrypted and decrypted."""
    found = list(_wrong_keys(settings.CREDENTIAL_KEYS))
    hint = "Make one with manage.py make_credential_key."
    return [Error(f"CREDENTIAL_KEYS: {wrong}.", hint=hint, id="flexsync.E001") for wrong in found]


def _wrong_keys(keys: list[str]) -> Iterator[str]:
    if not any(keys):
        yield "there is no key"
        return
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            yield f"key {place} of {len(keys)} is no Fernet key (32 bytes in URL-safe base64)"


@register(STARTUP)
def networks_are_networks(**_options: Any) -> list[CheckMessage]:
    """Checks that it is known who is believed, who may read the metrics, and where webhooks may go."""
    names = ("TRUSTED_PROXIES", "METRICS_NETWORKS", "WEBHOOK_ALLOWED_NETWORKS")
    wrong = [
        f"{name}: {one!r} is no network"
        for name in names
        for one in getattr(settings, name)
        if not _is_network(one)
    ]
    hint = "Write addresses like 10.0.0.0/8 or 10.0.0.7, comma-separated."
    return [Error(f"{one}.", hint=hint, id="flexsync.E007") for one in wrong]


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


@register(STARTUP)
def rate_limit_is_a_limit(**_options: Any) -> list[CheckMessage]:
    """Checks that requests can be counted; without it each of them would fail."""
    try:
        if not settings.API_RATE_LIMIT or parse(settings.API_RATE_LIMIT).amount > 0:
            return []
    except ValueError:
        pass
    hint = "Write a number for a time, such as 6000/minute or 100/second, or nothing for no limit."
    message = f"API_RATE_LIMIT: {settings.API_RATE_LIMIT!r} is no limit."
    return [Error(message, hint=hint, id="flexsync.E008")]


@register(STARTUP, deploy=True)
def public_url_is_served(**_options: Any) -> list[CheckMessage]:
    """Checks that requests for the public address are not refused as for somebody else's."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if _is_local() or validate_host(host, settings.ALLOWED_HOSTS):
        return []
    hint = f"Add {host!r} to ALLOWED_HOSTS: all requests would be refused."
    return [Error(f"ALLOWED_HOSTS lacks the host of PUBLIC_URL, {host!r}.", hint=hint, id="flexsync.E009")]


@register(STARTUP, deploy=True)
def public_url_is_https(**_options: Any) -> list[CheckMessage]:
    """Checks that keys and sessions never cross a network in the clear."""
    if _is_local() or urlsplit(settings.PUBLIC_URL).scheme == "https":
        return []
    hint = "Put a proxy that speaks https in front, and set PUBLIC_URL to its address."
    return [Error(f"PUBLIC_URL is {settings.PUBLIC_URL}, which is no https.", hint=hint, id="flexsync.E002")]


@register(STARTUP, deploy=True)
def debug_is_off(**_options: Any) -> list[CheckMessage]:
    """Checks that error pages show nothing of the inside to strangers."""
    if _is_local() or not settings.DEBUG:
        return []
    hint = "Set DEBUG=false: error pages would show settings and code."
    return [Error("DEBUG is on, and PUBLIC_URL is not on this machine.", hint=hint, id="flexsync.E003")]


@register(STARTUP, deploy=True)
def secret_key_is_strong(**_options: Any) -> list[CheckMessage]:
    """Checks that nobody can guess what signs the sessions, as Django's own check (security.W009) does."""
    if _is_local() or not check_secret_key(app_configs=None):
        return []
    hint = 'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))"'
    message = "SECRET_KEY is weak: it needs 50 characters, of which 5 are different."
    return [Error(message, hint=hint, id="flexsync.E004")]


@register(STARTUP, deploy=True)
def database_is_ready(**_options: Any) -> list[CheckMessage]:
    """Checks that the database responds, and that its tables are those of this version, or of a later one."""
    try:
        missing = _missing_migrations()
    except (DatabaseError, ImproperlyConfigured) as error:
        message = f"The database does not respond: {' '.join(str(error).split())}"
        return [Error(message, hint="Start it, or correct DATABASE_URL.", id="flexsync.E005")]
    if not missing:
        return []
    more = f" and {len(missing) - SHOWN} more" if len(missing) > SHOWN else ""
    message = f"The database lacks migrations: {', '.join(missing[:SHOWN])}{more}."
    return [Error(message, hint="Run manage.py migrate.", id="flexsync.E006")]


def _missing_migrations() -> list[str]:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def _is_local() -> bool:
    return urlsplit(settings.PUBLIC_URL).hostname in THIS_MACHINE
