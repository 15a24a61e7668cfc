"""Creates, changes, pauses and tests connections, for every entry point."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.models.audit import AuditAction
from billing.persistence import expected_versions
from billing.persistence.audit import Noted, note_others
from billing.services.payments import closing
from integrations.connections import accounts, credentials, doubtful_kinds, health, locked
from integrations.connections.collectors import asked_for
from integrations.connections.options import change as change_options
from integrations.errors import Rejected
from integrations.gateway import circuit_breaker
from integrations.gateway.guarded import GuardedGateway
from integrations.gateway.slots import waits
from integrations.models import Connection
from integrations.models.connections import SWITCHES, ConnectionStatus
from integrations.models.outbound import OPEN_STATES, Priority, SyncState
from integrations.provider_api import Account, Provider, registry

TAKEN = "Another connection of this environment has this name. Choose another name."
CONNECTED = (
    "Another connection of this environment is to the same account, which would get everything twice. Change that one,"
    " or delete it first."
)


@waits
def create(
    *,
    environment_id: str,
    provider: str,
    name: str,
    secrets: Mapping[str, str],
    switches: Mapping[str, bool],
    options: Mapping[str, Any] | None = None,
    now: datetime,
) -> Connection:
    """A new active connection. ``secrets``: its credentials by field name; ``switches``: what it syncs.

    ``options``: see connections.options. One to the account of a deleted connection finds its links. Raises
    Invalid, naming what is unknown or cannot be, Conflict when the name or the account has a connection, and
    Retry when the account has to be known and the provider cannot be reached.
    """
    found = _provider(provider)
    _refuse_unknown(switches)
    connection = Connection(environment_id=environment_id, provider=provider, name=name, **switches)
    change_options(connection, options or {})
    connection.api_version = found.api_version
    connection.livemode = credentials.encrypt_into(connection, secrets, prefix="metadata.")
    connection.account_id = accounts.account_of(environment_id, provider, connection.credentials())
    with transaction.atomic():
        _save(connection)
        held = {name: [None, getattr(connection, name)] for name in ("name", "provider", "status")}
        note_others([Noted(environment_id, "connection", connection.pk, AuditAction.CREATED, held)])
        credentials.add_signing_secret(connection, secrets.get(credentials.WEBHOOK_SECRET, ""), now)
        accounts.take_over_links(connection, now)
        doubtful_kinds.begin_new(connection, now)
    return connection


@transaction.atomic
def update(
    connection: Connection,
    *,
    name: str = "",
    switches: Mapping[str, bool],
    options: Mapping[str, Any] | None = None,
) -> Connection:
    """The connection with another name, switches and options; raises Invalid, Conflict or Outdated."""
    _refuse_unknown(switches)
    locked.lock(connection)
    connection.name = name or connection.name
    for switch, on in switches.items():
        setattr(connection, switch, on)
    changed = change_options(connection, options or {})
    # Only these fields: another may have changed others since the connection was read.
    _save(connection, update_fields=[*["name"] * bool(name), *switches, *changed, "updated_at"])
    return connection


@waits
def archive(
    connection: Connection, now: datetime | None = None, *, leave_invoices_open: bool = False
) -> None:
    """Deletes the connection: erases its secrets, cancels its waiting pushes, keeps mappings and history.

    A connection made later for the same account finds them. Raises Outdated, and Conflict while its account
    asks for invoices, unless they are meant to stay open there: nobody hears of it when they are paid.
    """
    expected_versions.check(connection)
    if not leave_invoices_open and (count := asked_for(connection).count()):
        message = (
            f"{count} invoices are open at this account, or are paid there right now, as far as it was told: it would go on"
            " collecting them. Let what waits be sent and end, or void or move them first."
        )
        raise Conflict(message, code="invoices_open", details={"leave_invoices_open": "Or send true."})
    reason = accounts.learn_before_deletion(connection)
    with transaction.atomic():
        locked.lock(connection)
        _archive(connection, reason, now)


def _archive(connection: Connection, reason: str, now: datetime | None) -> None:
    # Whoever connects the account again closes these there, and sees what was paid on them meanwhile.
    closing.cancel_at(connection.environment_id, connection.pk, "The connection was deleted.")
    ended = {"status": [connection.status, ConnectionStatus.ARCHIVED.value]}
    note_others([Noted(connection.environment_id, "connection", connection.pk, AuditAction.CHANGED, ended)])
    connection.status, connection.status_reason = ConnectionStatus.ARCHIVED, reason
    connection.status_since, connection.next_probe_at = now or timezone.now(), None
    connection.sealed_credentials, connection.shown_credentials = "", {}
    connection.signing_secrets.all().delete()
    connection.alarms.filter(ended_at=None).update(ended_at=connection.status_since)
    connection.save()
    connection.outbound_syncs.filter(state__in=OPEN_STATES).update(
        state=SyncState.CANCELLED,
        settled_at=now or timezone.now(),
        next_attempt_at=None,
        last_error="The connection was deleted.",
    )


@transaction.atomic
def pause(connection: Connection, reason: str = "") -> Connection:
    """Makes inbound and outbound work wait until ``resume``; raises Conflict or Outdated."""
    locked.lock(connection)
    circuit_breaker.pause(connection, reason or "Paused by an operator.")
    return connection


@transaction.atomic
def resume(connection: Connection) -> Connection:
    """Lets the work of a paused or broken connection continue; raises Conflict or Outdated."""
    locked.lock(connection)
    circuit_breaker.activate(connection)
    return connection


@waits
def test(connection: Connection) -> Account:
    """Asks the provider for the account of the credentials and stores it; a broken connection recovers.

    Raises Retry when the provider cannot be reached, Rejected when it refuses or names another account or
    mode, Conflict when another connection is to that account.
    """
    try:
        account = GuardedGateway(connection, Priority.PERSON).account()
        health.check_same(connection, account)
    except Rejected as refusal:
        if refusal.connection_is_broken:
            circuit_breaker.break_connection(connection, str(refusal))
        raise
    connection.account_id = account.id
    _save(connection, update_fields=["account_id", "updated_at"])
    circuit_breaker.recover(connection.id)
    connection.refresh_from_db()
    return account


def _provider(slug: str) -> Provider:
    found = registry.providers().get(slug)
    if found is None:
        known = ", ".join(sorted(registry.providers()))
        raise Invalid.of({"provider": f"There is no provider {slug!r}. Send one of: {known}."})
    return found


def _refuse_unknown(switches: Mapping[str, bool]) -> None:
    unknown = sorted(switches.keys() - set(SWITCHES))
    if unknown:
        known = ", ".join(SWITCHES)
        raise Invalid.of(
            {f"sync_config.{name}": f"There is no such switch. Send: {known}." for name in unknown}
        )


def _save(connection: Connection, update_fields: Sequence[str] | None = None) -> None:
    try:
        with transaction.atomic():
            connection.save(update_fields=update_fields)
    except IntegrityError as error:
        if "connection_account_once" in str(error):
            raise Conflict(CONNECTED, code="already_taken", details={"metadata": CONNECTED}) from None
        raise Conflict(TAKEN, code="already_taken", details={"name": TAKEN}) from None
