"""A connection's secrets: checked, encrypted, rotated with an overlap, and never shown."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.errors import Conflict, Invalid
from integrations.connections import locked
from integrations.db.encryption import NoKeyOpens, encrypt, last4
from integrations.errors import Rejected
from integrations.gateway import circuit_breaker, epochs
from integrations.gateway.guarded import GuardedGateway
from integrations.gateway.slots import waits
from integrations.models import Connection, SigningSecret
from integrations.models.outbound import Priority
from integrations.provider_api import Provider, Registration, registry

# The credential that is kept as a SigningSecret, because several of it may be valid at once.
WEBHOOK_SECRET = "webhook_secret"
SHORTEST_SECRET = 9


def encrypt_into(connection: Connection, secrets: Mapping[str, str], *, prefix: str = "") -> bool:
    """Encrypts ``secrets`` into the connection, over those it has; returns whether they are for live mode.

    ``prefix`` is put before the names in errors. Raises Invalid, naming each unknown credential, or when the
    provider says that they cannot be right.
    """
    provider = registry.provider(connection.provider)
    _refuse_unknown(provider, secrets, prefix)
    kept = {name: value for name, value in secrets.items() if name != WEBHOOK_SECRET}
    credentials = _readable(connection) | kept
    try:
        livemode = provider.livemode(credentials)
    except Rejected as refusal:
        raise Invalid.of({"metadata": str(refusal)}) from None
    connection.seal(credentials)
    if kept:
        connection.credentials_at = timezone.now()
    return livemode


def _readable(connection: Connection) -> dict[str, str]:
    """What it has; nothing where no key opens it, so that it can be stored again."""
    try:
        return connection.credentials()
    except NoKeyOpens:
        return {}


def _refuse_unknown(provider: Provider, secrets: Mapping[str, str], prefix: str) -> None:
    unknown = sorted(secrets.keys() - set(provider.credentials))
    if unknown:
        message = f"{provider.label} has no such credential. Send: {', '.join(provider.credentials)}."
        raise Invalid.of({f"{prefix}{name}": message for name in unknown})


def add_signing_secret(
    connection: Connection, secret: str, now: datetime, *, overlap: timedelta | None = None
) -> None:
    """Lets ``secret`` verify webhooks from now on; the others expire after ``overlap`` (None: they stay)."""
    if not secret:
        return
    if len(secret) < SHORTEST_SECRET:
        raise Invalid.of(
            {
                f"metadata.{WEBHOOK_SECRET}": "This is too short to be a signing secret. Copy it again from the provider."
            }
        )
    if overlap is not None:
        others = connection.signing_secrets.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now + overlap)
        )
        others.update(expires_at=now + overlap)
    SigningSecret.objects.create(connection=connection, sealed=encrypt(secret), last4=last4(secret))


@transaction.atomic
def rotate(
    connection: Connection, secrets: Mapping[str, str], *, overlap: timedelta, now: datetime
) -> Connection:
    """Replaces credentials; an old signing secret verifies webhooks for ``overlap`` longer.

    Raises Invalid, Outdated, or Conflict for a key of the other mode, whose objects are not the ones that are
    mapped.
    """
    # What another has just stored is kept, where these replace something else.
    stored = locked.lock(connection)
    connection.sealed_credentials = stored.sealed_credentials
    _refuse_other_mode(connection, encrypt_into(connection, secrets))
    # Only these fields: a worker may have marked the connection as broken since it was read.
    connection.save(update_fields=["sealed_credentials", "shown_credentials", "credentials_at", "updated_at"])
    circuit_breaker.probe_now(connection, now)
    add_signing_secret(connection, secrets.get(WEBHOOK_SECRET, ""), now, overlap=overlap)
    return connection


def _refuse_other_mode(connection: Connection, livemode: bool) -> None:
    if livemode != connection.livemode:
        modes = ("test", "live")
        raise Conflict(
            f"This is a {modes[livemode]} key, and the connection is in {modes[connection.livemode]} mode. "
            "Create a new connection for the other mode.",
            code="other_mode",
        )


@waits
def register_webhook(connection: Connection, now: datetime) -> Registration:
    """Creates or repairs the provider's webhook endpoint for this connection, and stores its secret.

    Raises Conflict when FlexSync cannot do that at the provider, Retry or Rejected as its API says.
    """
    provider = registry.provider(connection.provider)
    if provider.webhooks is None or provider.webhooks.register is None:
        raise Conflict(
            f"FlexSync cannot register webhooks at {provider.label}. Register {webhook_url(connection)} there by hand.",
            code="not_supported",
        )
    gateway = GuardedGateway(connection, Priority.PERSON)
    registration = provider.webhooks.register(
        gateway, url=webhook_url(connection), endpoint_id=connection.webhook_endpoint_id
    )
    with transaction.atomic():
        connection.webhook_endpoint_id = registration.endpoint_id
        connection.save(update_fields=["webhook_endpoint_id", "updated_at"])
        add_signing_secret(connection, registration.secret, now)
        epochs.try_again(connection)
    return registration


def webhook_url(connection: Connection) -> str:
    """Where the provider sends this connection's events."""
    return f"{public_address()}/v1/integrations/{connection.provider}/webhook/{connection.id}"


def leads_to(connection: Connection, url: str) -> bool:
    """Whether events that are sent to ``url`` reach the connection.

    Besides its own address there are its provider's, and FlexPrice's, which ends with a tenant and an
    environment of FlexPrice: what is posted there belongs to the connection whose secret has signed it.
    """
    address, provider = re.escape(public_address()), re.escape(connection.provider)
    own = rf"integrations/{provider}/webhook(/{connection.id})?"
    return re.fullmatch(rf"{address}/v1/({own}|webhooks/{provider}/[^/?#]+/[^/?#]+)", url) is not None


def public_address() -> str:
    """The address that providers reach."""
    return str(settings.WEBHOOK_URL or settings.PUBLIC_URL)


def shown(connection: Connection) -> dict[str, str]:
    """What may be seen of the credentials: ``****1234`` by field name."""
    known = dict(connection.shown_credentials)
    newest = next(iter(connection.signing_secrets.all()), None)
    if newest is not None:
        known[WEBHOOK_SECRET] = newest.last4
    return {name: f"****{end}" for name, end in known.items()}
