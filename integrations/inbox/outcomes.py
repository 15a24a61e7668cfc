"""What becomes of an event: applied, ignored, tried again or dead, and why; one statement writes many."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import DataError
from django.db import connection as database

from billing import texts
from billing.errors import BillingError, Code
from billing.persistence.any_lookup import text_array
from integrations.errors import MappingConflict, Rejected, Retry, SyncError
from integrations.gateway.backoff import next_attempt
from integrations.models import InboundEvent
from integrations.models.inbound import InboundState
from integrations.provider_api import Ignored

# With a first wait of 2 seconds, doubled up to an hour, 15 attempts are about four hours.
FIRST_WAIT, MAX_ATTEMPTS = 2.0, 15
DIES = f"After {MAX_ATTEMPTS} attempts in vain the event is dead, until it is replayed."
# Characters.
LONGEST_REASON = 2000
WRITE = f"""
UPDATE {InboundEvent._meta.db_table} event
SET state = new.state, reason = new.reason, is_echo = new.is_echo::boolean, attempts = event.attempts + 1, next_attempt_at = new.next,
    conflict = coalesce(new.conflict::jsonb, event.conflict), waits_for = new.waits_for,
    settled_at = CASE WHEN new.state <> '{InboundState.PENDING}' THEN %s::timestamptz END,
    nudged_at = CASE WHEN new.state <> '{InboundState.PENDING}' THEN event.nudged_at END
FROM unnest(%s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[])
    AS new (id, state, reason, next, conflict, is_echo, waits_for)
WHERE event.id = new.id
"""


@dataclass(frozen=True)
class Outcome:
    """``conflict``: its parties, as InboundEvent has them. Others: see Ignored and SyncError."""

    state: InboundState
    reason: str = ""
    next_attempt_at: datetime | None = None
    conflict: list[dict[str, str]] | None = None
    is_echo: bool = False
    waits_for: str = ""


APPLIED = Outcome(InboundState.APPLIED)


def ignored(reason: str) -> Outcome:
    """Nothing had to change here; ``reason`` is shown to operators."""
    return Outcome(InboundState.IGNORED, reason)


def of_handler(returned: Ignored | None) -> Outcome:
    """Applied, unless the handler says why nothing had to change."""
    if returned is None:
        return APPLIED
    return replace(ignored(returned.reason), is_echo=returned.is_echo)


def of_failure(failure: Exception, event: InboundEvent, now: datetime) -> Outcome:
    """Dead when trying again would not help, or was tried often enough; else when to try again."""
    if isinstance(failure, BillingError):
        failure = _of_billing(failure)
    if isinstance(failure, DataError):
        failure = _of_database(failure)
    reason = event.connection.masked(_reason(failure, event))
    waits_for = failure.waits_for if isinstance(failure, SyncError) else ""
    if isinstance(failure, Rejected) or _is_last(event):
        parties = failure.parties if isinstance(failure, MappingConflict) else None
        return Outcome(InboundState.DEAD, reason, conflict=parties, waits_for=waits_for)
    after = failure.after if isinstance(failure, Retry) else None
    again = next_attempt(now, event.attempts + 1, first=FIRST_WAIT, after=after)
    if isinstance(failure, Retry) and failure.within is not None:
        again = min(again, now + timedelta(seconds=failure.within))
    return Outcome(InboundState.PENDING, reason, again, waits_for=waits_for)


def _is_last(event: InboundEvent) -> bool:
    """Whether the attempt that has just failed is the last."""
    return event.attempts + 1 >= MAX_ATTEMPTS


def _reason(failure: Exception, event: InboundEvent) -> str:
    """What failed; and what will happen to an event that waits, or has waited in vain."""
    if isinstance(failure, Rejected):
        return str(failure)
    text = str(failure) if isinstance(failure, SyncError) else f"{type(failure).__name__}: {failure}"
    if _is_last(event):
        return f"Given up after {MAX_ATTEMPTS} attempts: {text}"
    return f"{text} {getattr(failure, 'then', '') or DIES}"


def _of_billing(refusal: BillingError) -> SyncError:
    """Billing's refusals are final, except for a name that is taken: a later event may free it."""
    if refusal.code == Code.ALREADY_TAKEN:
        taken = ", ".join(refusal.details) or "a name"
        return Retry(
            f"Waits until {taken} is free, which another row here has: an event of that one may change it.",
            then=f"{DIES} Change it here or at the provider, then replay the event.",
        )
    return Rejected(f"Billing refused the change: {refusal.message}")


def _of_database(refusal: DataError) -> Rejected:
    """A value that no column takes, such as a text that is too long or a number beyond all range."""
    message = str(refusal).partition("\n")[0]
    return Rejected(f"The database cannot keep a value of the event: {message}.")


def write(outcomes: Mapping[str, Outcome], now: datetime) -> None:
    """Records the outcomes, by the ids of their events, whose rows the transaction has locked."""
    if not outcomes:
        return
    rows = [
        (
            event_id,
            outcome.state.value,
            texts.storable(outcome.reason)[:LONGEST_REASON],
            outcome.next_attempt_at and outcome.next_attempt_at.isoformat(),
            json.dumps(outcome.conflict) if outcome.conflict else None,
            "true" if outcome.is_echo else "false",
            outcome.waits_for,
        )
        for event_id, outcome in outcomes.items()
    ]
    with database.cursor() as cursor:
        cursor.execute(WRITE, [now, *map(text_array, zip(*rows, strict=True))])
