"""The inbox: events are stored before they are acknowledged, and applied later, each in one transaction."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from django.db import transaction

from billing.services.errors import BillingError
from integrations import advisory, intake, lookups, registry, wakeups
from integrations.arrival import Arrival
from integrations.backoff import next_attempt
from integrations.errors import Contested, Rejected, Retry, SyncError
from integrations.models import Connection, InboundEvent
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundState
from integrations.provider import Envelope, Ignored, Json

# With a first wait of 2 seconds, doubled up to an hour, 15 attempts are about four hours.
FIRST_WAIT, MOST_ATTEMPTS = 2.0, 15

log = structlog.get_logger(__name__)


def receive(
    connection: Connection, envelope: Envelope, now: datetime, *, verified_by: str = ""
) -> tuple[InboundEvent, bool]:
    """Stores a verified event once; answers its row and whether this call made it. Only then is a worker told."""
    created = intake.insert(connection.id, envelope, now, verified_by=verified_by) is not None
    if created:
        wakeups.wake()
    return connection.inbound_events.get(provider_event_id=envelope.event_id), created


def process(event_id: str, now: datetime) -> bool:
    """Applies one pending event, all or nothing; a failure is recorded after what it did was rolled back.

    False, and nothing done, for an event that is settled, not due, being applied, or whose connection is paused.
    """
    answers: dict[lookups.Question, Json] = {}
    try:
        while True:
            try:
                return _attempt(event_id, now, answers)
            except lookups.Unanswered as need:
                if len(answers) == lookups.MOST:
                    raise
                answers[need.question] = lookups.ask(_connection(event_id), need.question)
    except SyncError as failure:
        _record(event_id, failure, now)
    except BillingError as failure:
        _record(event_id, Rejected(failure.message), now)
    except Exception as failure:
        log.exception("event_failed", event_id=event_id)
        _record(event_id, failure, now)
    return True


def _attempt(event_id: str, now: datetime, answers: lookups.Answers) -> bool:
    with transaction.atomic():
        event = _claim(event_id, now)
        if event is None:
            return False
        apply(event, now, answers)
    return True


def _connection(event_id: str) -> Connection:
    return Connection.objects.get(inbound_events__pk=event_id)


def replay(event_ids: Sequence[str], now: datetime) -> int:
    """Lets settled events be applied again from the start, and pending ones at once; answers how many.

    Those whose payload was pruned stay as they are.
    """
    with transaction.atomic():
        count = InboundEvent.objects.filter(pk__in=event_ids, pruned_at__isnull=True).update(
            state=InboundState.PENDING,
            reason="",
            conflict=None,
            attempts=0,
            next_attempt_at=now,
            nudged_at=now,
            settled_at=None,
        )
        wakeups.wake()
    return count


def _claim(event_id: str, now: datetime) -> InboundEvent | None:
    """The locked event when it may be applied now; its object is then this transaction's alone."""
    event = (
        InboundEvent.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("connection")
        .filter(pk=event_id, state=InboundState.PENDING)
        .exclude(next_attempt_at__gt=now)
        .exclude(connection__status=ConnectionStatus.PAUSED)
        .first()
    )
    if event is not None and event.object_id:
        advisory.lock(event.connection_id, event.object_id)
    return event


def apply(event: InboundEvent, now: datetime, answers: lookups.Answers | None = None) -> None:
    """Routes the event to its handler and settles it, in the caller's transaction; raises what the handler raises."""
    connection = event.connection
    provider = registry.providers().get(connection.provider)
    if provider is None:
        raise Rejected(f"There is no provider {connection.provider!r} in this version of FlexSync.")
    if connection.status == ConnectionStatus.ARCHIVED:
        return _settle(event, now, ignored="The connection was deleted.")
    if event.livemode != connection.livemode:
        raise Rejected(_other_mode(event.livemode))
    name = provider.aliases.get(event.type, event.type)
    route = provider.routes.get(name)
    if route is None:
        return _settle(event, now, ignored=f"no handler for {event.type}")
    if route.switch and not getattr(connection, route.switch):
        return _settle(event, now, ignored=f"{route.switch} is off for this connection")
    answer = route.handler(Arrival(event, event_type=name, now=now, answers=answers), event.payload)
    return _settle(event, now, ignored=answer.reason if isinstance(answer, Ignored) else "")


def _other_mode(livemode: bool) -> str:
    theirs, ours = ("live", "test") if livemode else ("test", "live")
    return (
        f"The event is of {theirs} mode, but the connection's key is of {ours} mode. "
        f"Remove this webhook endpoint in {theirs} mode, or put the {theirs} key into the connection and replay."
    )


def _settle(event: InboundEvent, now: datetime, *, ignored: str) -> None:
    event.state = InboundState.IGNORED if ignored else InboundState.APPLIED
    event.reason, event.settled_at, event.next_attempt_at = ignored, now, None
    event.attempts += 1
    event.save(update_fields=["state", "reason", "settled_at", "next_attempt_at", "attempts"])


def _record(event_id: str, failure: Exception, now: datetime) -> None:
    """Writes what went wrong in a transaction of its own: when to try again, or that nothing will help."""
    with transaction.atomic():
        event = (
            InboundEvent.objects.select_for_update(of=("self",))
            .select_related("connection")
            .filter(pk=event_id, state=InboundState.PENDING)
            .first()
        )
        if event is None:
            return
        event.attempts += 1
        event.reason = event.connection.masked(_reason(failure))
        if isinstance(failure, Contested):
            event.conflict = failure.sides
        if isinstance(failure, Rejected) or event.attempts >= MOST_ATTEMPTS:
            event.state, event.settled_at, event.next_attempt_at = InboundState.DEAD, now, None
        else:
            after = failure.after if isinstance(failure, Retry) else None
            event.next_attempt_at = next_attempt(now, event.attempts, first=FIRST_WAIT, after=after)
            event.nudged_at = None
        event.save()


def _reason(failure: Exception) -> str:
    return str(failure) if isinstance(failure, SyncError) else f"{type(failure).__name__}: {failure}"
