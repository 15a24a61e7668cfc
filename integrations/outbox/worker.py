"""The outbox's worker: claims rows that are due, and runs each one's push outside any transaction."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic

import structlog
from django.utils import timezone

from billing.actors import Actor, ActorType, acting
from billing.events import Kind
from billing.persistence import time_limits
from integrations.db.leases import LeaseLost
from integrations.errors import Retry, SyncError
from integrations.models import OutboundSync
from integrations.models.outbound import SyncAction
from integrations.outbox import gone, leases, outcomes, starving, taking, turns
from integrations.outbox.context import OutboundContext
from integrations.provider_api import registry

# What claimed rows ask for besides pushes, by their action: each function takes the row and the time.
Action = Callable[[OutboundSync, datetime], None]
_actions: dict[str, Action] = {}

log = structlog.get_logger(__name__)


def register_action(action: SyncAction, run: Action) -> None:
    """Makes the worker call ``run`` for claimed rows with this ``action``; ``run`` settles the row itself."""
    _actions[action] = run


def deliver(sync_id: str, *, now: datetime) -> None:
    """Claims the row and runs its push outside any transaction; does nothing if it cannot be claimed.

    Failures are recorded in the row: see outcomes.failed.
    """
    sync = leases.claim(sync_id, now)
    if sync is not None:
        _run_as_itself(sync, now)


def deliver_next(sync_id: str, *, seconds: float) -> None:
    """Delivers the other due rows of the same connection for ``seconds``, or until one fails.

    Finding the next row costs a worker less than the broker's next message does.
    """
    # Not as a subquery of the claim: PostgreSQL would not know how few of all due rows are this connection's.
    connection_id = (
        OutboundSync.objects.filter(pk=sync_id).order_by().values_list("connection_id", flat=True).first()
    )
    if connection_id is not None:
        _deliver_of(connection_id, seconds)


def deliver_starving(*, seconds: float) -> None:
    """Delivers for ``seconds`` where pushes wait for long and no worker is at one."""
    if (connection_id := starving.connection_id(timezone.now())) is not None:
        _deliver_of(connection_id, seconds)


def _deliver_of(connection_id: str, seconds: float) -> None:
    ends = monotonic() + seconds
    while monotonic() < ends:
        now = timezone.now()
        sync = leases.claim_next(connection_id, now)
        if sync is None or not _run_as_itself(sync, now):
            break


def _run_as_itself(sync: OutboundSync, now: datetime) -> bool:
    """Runs it; what its answers change here is noted as the row's."""
    with acting(Actor(ActorType.ANSWER, sync.pk, sync.connection_id)):
        return _run(sync, now)


def _run(sync: OutboundSync, now: datetime) -> bool:
    """Runs the push of a claimed row; returns whether it succeeded."""
    clock = leases.clock(now)
    try:
        if sync.action in _actions:
            _actions[sync.action](sync, now)
            return False
        work = registry.work(sync.connection.provider, Kind(sync.entity_type), sync.action)
        context = OutboundContext(sync, clock)
        if (sync.entity_type, sync.action) == (Kind.PAYMENT, SyncAction.PUSH):
            taking.before_charge(context, registry.provider(sync.connection.provider))
        if sync.action == SyncAction.PUSH:
            gone.push(context, Kind(sync.entity_type), sync.entity_id, work)
        elif sync.action == SyncAction.REFRESH:
            gone.refresh(context, work)
        else:
            work(context)
        outcomes.done(sync, clock(), push_again=context.call_log.repeats_older)
        return True
    except LeaseLost:
        log.warning("lease_lost", sync_id=sync.id, holder=sync.lease_holder)
    except SyncError as failure:
        outcomes.failed(sync, failure, clock())
    except Exception as failure:
        if not time_limits.is_lock(failure):
            log.exception("push_failed", sync_id=sync.id)
            outcomes.failed(sync, failure, clock())
        else:
            outcomes.failed(sync, Retry(time_limits.LOCKED), clock())
    return False


def deliver_here(sync_id: str) -> None:
    """Delivers the row in this process, after the one whose turn it is if there is one."""
    sync = OutboundSync.objects.get(pk=sync_id)
    for row_id in [*turns.earlier(sync).values_list("pk", flat=True), sync_id]:
        deliver(row_id, now=timezone.now())
