"""Makes, changes, pauses and tests connections; each door comes through here."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.services.errors import Conflict, Invalid
from integrations import credentials, nudges, registry
from integrations.errors import Rejected
from integrations.models import Connection
from integrations.models.connections import SWITCHES, ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES, SyncState
from integrations.provider import Account
from integrations.settling import break_connection

TAKEN = "Another connection of this environment has this name."


@transaction.atomic
def create(
    *,
    environment_id: str,
    provider: str,
    name: str,
    secrets: Mapping[str, str],
    switches: Mapping[str, bool],
    now: datetime,
) -> Connection:
    """A new active connection. ``secrets`` are its credentials by field name, ``switches`` what may flow.

    Raises Invalid, naming what is unknown or cannot be, and Conflict when the name is taken.
    """
    found = registry.providers().get(provider)
    if found is None:
        known = ", ".join(sorted(registry.providers()))
        raise Invalid.of({"provider": f"There is no provider {provider!r}. Send one of: {known}."})
    _check(switches)
    connection = Connection(environment_id=environment_id, provider=provider, name=name, **switches)
    connection.api_version = found.api_version
    connection.livemode = credentials.put(connection, secrets, inside="metadata.")
    _save(connection)
    credentials.add_signing_secret(connection, secrets.get(credentials.WEBHOOK_SECRET, ""), now)
    return connection


@transaction.atomic
def update(connection: Connection, *, name: str = "", switches: Mapping[str, bool]) -> Connection:
    """The connection with another name and switches; raises Invalid or Conflict."""
    _check(switches)
    connection.name = name or connection.name
    for switch, on in switches.items():
        setattr(connection, switch, on)
    _save(connection)
    return connection


@transaction.atomic
def archive(connection: Connection, now: datetime | None = None) -> None:
    """Deletes the connection: its secrets are erased, its waiting pushes cancelled; mappings and history stay."""
    connection.status, connection.status_reason = ConnectionStatus.ARCHIVED, ""
    connection.sealed_credentials, connection.shown_credentials = "", {}
    connection.signing_secrets.all().delete()
    connection.save()
    connection.outbound_syncs.filter(state__in=OPEN_STATES).update(
        state=SyncState.CANCELLED,
        settled_at=now or timezone.now(),
        next_attempt_at=None,
        last_error="The connection was deleted.",
    )


def pause(connection: Connection, reason: str = "") -> Connection:
    """Lets work wait, both ways, until ``resume``."""
    return _become(connection, ConnectionStatus.PAUSED, reason or "Paused by a person.")


def resume(connection: Connection) -> Connection:
    """Lets a paused or broken connection's work go on."""
    return _become(connection, ConnectionStatus.ACTIVE, "")


def test(connection: Connection) -> Account:
    """Asks the provider whose credentials these are, and remembers it; a broken connection works again then.

    Raises Retry when the provider cannot be reached, Rejected when it refuses or names another account or mode.
    """
    try:
        account = registry.gateway(connection.provider, connection.credentials()).account()
        _check_same(connection, account)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            break_connection(connection, connection.masked(str(refusal)))
        raise
    connection.account_id = account.id
    connection.save(update_fields=["account_id", "updated_at"])
    if connection.status == ConnectionStatus.BROKEN:
        resume(connection)
    return account


def _check_same(connection: Connection, account: Account) -> None:
    """Mappings of one account mean nothing in another."""
    if connection.account_id and account.id != connection.account_id:
        raise Rejected(
            f"The key is of account {account.id}, but this connection is of {connection.account_id}. "
            "Put that account's key back, or make a new connection for the other account."
        )
    if account.livemode != connection.livemode:
        modes = ("test", "live")
        raise Rejected(
            f"The account is in {modes[account.livemode]} mode, the key says {modes[connection.livemode]}."
        )


@transaction.atomic
def _become(connection: Connection, status: ConnectionStatus, reason: str) -> Connection:
    if connection.status == ConnectionStatus.ARCHIVED:
        raise Conflict("This connection was deleted. Make a new one.")
    connection.status, connection.status_reason = status, reason[:500]
    connection.save(update_fields=["status", "status_reason", "updated_at"])
    if status == ConnectionStatus.ACTIVE:
        # What waited was nudged in vain: the sweep need not wait to see whether a worker follows.
        connection.outbound_syncs.filter(state__in=OPEN_STATES).update(nudged_at=None)
        connection.inbound_events.filter(state=InboundState.PENDING).update(nudged_at=None)
        nudges.nudge(nudges.SWEEP)
    return connection


def _check(switches: Mapping[str, bool]) -> None:
    unknown = sorted(switches.keys() - set(SWITCHES))
    if unknown:
        known = ", ".join(SWITCHES)
        raise Invalid.of(
            {f"sync_config.{name}": f"There is no such switch. Send: {known}." for name in unknown}
        )


def _save(connection: Connection) -> None:
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError:
        raise Conflict(TAKEN, code="already_taken", details={"name": TAKEN}) from None
