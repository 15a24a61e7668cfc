"""Epochs: before the first write of each minute a new name is noted at the provider and kept here.

The call adds the new name and removes those that are known here: whatever else its answer shows was written
by a later state of this database, of which a backup knows nothing, or by a copy of it.
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from integrations.errors import Forbidden, Recovering, Rejected, SyncError, UnderWay
from integrations.gateway import epoch_names
from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection, WriteEpoch
from integrations.models.outbound import Priority
from integrations.provider_api import registry

EPOCH = timedelta(minutes=1)
# How many of the last names are remembered: an answer may be some minutes old.
KEPT = 5
# How long a worker may take to write a name, and the others wait for it (seconds).
CLAIM, PATIENCE, PAUSE = timedelta(seconds=30), 3.0, 0.05
# Until it is tried again where it cannot be written.
TRIED_AGAIN = timedelta(hours=1)
# How soon a push looks again whether the recovery has ended (seconds).
LOOKS_AGAIN = 60.0
_OLDER = (
    "Nothing is sent: the database is older than what the provider has seen, as after a backup was restored."
)
WAITS = f"{_OLDER} It goes on by itself once the recovery has ended."
# For a caller who does not wait.
ASK_AGAIN = f"{_OLDER} Ask again once the recovery has ended."

# Until when (monotonic seconds) this process need not look, by connection.
_fresh: dict[str, float] = {}
log = structlog.get_logger(__name__)


def keep(connection: Connection) -> None:
    """Before a call that changes something: raises Recovering where the database is found to be older.

    Costs a call a minute for each connection, whose endpoint at the provider is known; otherwise none.
    """
    if connection.recovering_since is not None:
        raise Recovering(WAITS, after=LOOKS_AGAIN)
    if not connection.webhook_endpoint_id or time.monotonic() < _fresh.get(connection.pk, 0.0):
        return
    row, _ = WriteEpoch.objects.get_or_create(connection=connection)
    waits_until = time.monotonic() + PATIENCE
    while not _is_current(row, now := timezone.now()):
        if _claim(row, now):
            _move(connection, row, now)
        elif time.monotonic() > waits_until:
            raise UnderWay("Another worker notes at the provider that FlexSync writes now.", after=1)
        else:
            time.sleep(PAUSE)
        row.refresh_from_db()
    _fresh[connection.pk] = time.monotonic() + _seconds_left(row, now)


def refuse_recovering(connection: Connection) -> None:
    """Raises Recovering where nothing that a caller waits for could be sent."""
    if connection.recovering_since is not None:
        raise Recovering(ASK_AGAIN, after=LOOKS_AGAIN)


def forget() -> None:
    """Lets this process look again before its next write, as a new one does."""
    _fresh.clear()


def try_again(connection: Connection) -> None:
    """Lets the next write try to write a name, whatever kept that from working."""
    WriteEpoch.objects.filter(pk=connection.pk).update(problem="", problem_at=None)
    _fresh.pop(connection.pk, None)


def compare(connection: Connection, notes: Mapping[str, str], before: frozenset[str]) -> None:
    """Compares what an answer showed with what is ``known``, and was ``before`` the call."""
    if unknown := epoch_names.of(connection, notes) - before - epoch_names.known(connection):
        _behind(connection, sorted(unknown))


def _is_current(row: WriteEpoch, now: datetime) -> bool:
    """Whether an epoch of this minute has begun, or none can."""
    if row.problem_at is not None and now - TRIED_AGAIN < row.problem_at <= now:
        return True
    return row.began_at is not None and now - EPOCH < row.began_at <= now


def _seconds_left(row: WriteEpoch, now: datetime) -> float:
    if row.began_at is None:
        return EPOCH.total_seconds()
    return min(max((row.began_at + EPOCH - now).total_seconds(), 0.0), EPOCH.total_seconds())


def _claim(row: WriteEpoch, now: datetime) -> bool:
    """Stores the name that is written next, for one worker; a later one goes on with the same name."""
    name = row.next_name or f"{epoch_names.prefix(row.connection)}{secrets.token_hex(6)}"
    free = WriteEpoch.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=now),
        pk=row.pk,
        began_at=row.began_at,
        next_name=row.next_name,
    )
    row.next_name = name
    return bool(free.update(claimed_until=now + CLAIM, next_name=name))


def _move(connection: Connection, row: WriteEpoch, now: datetime) -> None:
    """Writes the name there, then here: only what both have was an epoch."""
    claimed = WriteEpoch.objects.filter(pk=row.pk, next_name=row.next_name)
    try:
        notes = _write(connection, row, now)
    except Rejected as refusal:
        claimed.update(claimed_until=None)
        _cannot(connection, row, refusal, now)
        return
    except SyncError:
        claimed.update(claimed_until=None)
        raise
    if unknown := epoch_names.of(connection, notes) - {row.next_name, *row.names}:
        claimed.update(claimed_until=None)
        _behind(connection, sorted(unknown))
        raise Recovering(WAITS, after=LOOKS_AGAIN)
    names = [row.next_name, *row.names][:KEPT]
    claimed.update(names=names, next_name="", began_at=now, claimed_until=None, problem="", problem_at=None)


def _write(connection: Connection, row: WriteEpoch, now: datetime) -> Mapping[str, str]:
    webhooks = registry.provider(connection.provider).webhooks
    if webhooks is None or webhooks.annotate is None:
        raise Rejected("The provider keeps no notes.")
    return webhooks.annotate(
        GuardedGateway(connection, Priority.WEBHOOK, tolerant=True),
        endpoint_id=connection.webhook_endpoint_id,
        added={row.next_name: now.isoformat(timespec="seconds")},
        removed=row.names,
    )


def _cannot(connection: Connection, row: WriteEpoch, refusal: Rejected, now: datetime) -> None:
    """Notes why, and lets the write go on; raises what is wrong with the connection as a whole."""
    if refusal.connection_is_broken and not isinstance(refusal, Forbidden):
        raise refusal
    reason = connection.masked(str(refusal))
    WriteEpoch.objects.filter(pk=row.pk).update(problem=reason, problem_at=now)
    log.warning("epoch_not_written", connection_id=connection.pk, reason=reason)


def _behind(connection: Connection, unknown: Sequence[str]) -> None:
    """From now on nothing is sent, whichever worker would."""
    now = timezone.now()
    WriteEpoch.objects.update_or_create(connection=connection, defaults={"unknown": list(unknown)})
    found = Connection.objects.filter(pk=connection.pk, recovering_since=None)
    if found.update(recovering_since=now):
        log.error("database_is_older", connection_id=connection.pk, unknown=list(unknown))
    connection.recovering_since = now
