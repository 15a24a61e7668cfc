"""Carries repairs out, one after the other: what was asked for, then the check whether it has helped."""

import time
from datetime import datetime, timedelta

from django.utils import timezone

from billing.errors import BillingError
from integrations.db.leases import LeaseLost
from integrations.errors import Rejected, Retry
from integrations.gateway.backoff import next_attempt
from integrations.models import FindingRepair
from integrations.models.finding_repairs import RepairState
from integrations.models.findings import FindingState, Repair
from integrations.models.outbound import Priority
from integrations.queue import dispatch
from integrations.reconcile.repairing import checks, leases, options, roads
from integrations.reconcile.repairing.subjects import Subject

# After a failure of the provider's, and while a push is under way (seconds, doubled each time); how often the
# first is tried, and the longest of the second.
FIRST_WAIT, MAX_FAILURES = 5.0, 12
FIRST_LOOK, LONGEST = 1.0, timedelta(seconds=60)


def work(*, seconds: float) -> bool:
    """Carries out what is due for so long; returns whether more is."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = leases.due(timezone.now()).values_list("pk", flat=True)[:20]
        if not found:
            return False
        for repair_id in found:
            carry_out(repair_id, timezone.now())
    return leases.due(timezone.now()).exists()


def carry_out(repair_id: str, now: datetime) -> None:
    """One attempt at one repair, unless another worker has it."""
    repair = leases.claim(repair_id, now)
    if repair is None:
        return
    try:
        _attempt(repair)
        _end(repair, RepairState.DONE)
    except LeaseLost:
        return
    except Retry as failure:
        _postpone(repair, failure)
    except (Rejected, BillingError) as failure:
        _end(repair, RepairState.FAILED, str(failure))
    finally:
        leases.release(repair)


def notify() -> None:
    """Notifies a worker of what is due."""
    dispatch.send(dispatch.REPAIR, priority=Priority.SYNC)


def _attempt(repair: FindingRepair) -> None:
    subject, shown = Subject(repair.finding), None
    if subject.finding.state == FindingState.HEALED:
        return
    if repair.state == RepairState.WAITING:
        if why := options.refusal(subject, Repair(repair.repair)):
            raise Rejected(why)
        shown = roads.go(repair, subject)
        subject.finding.refresh_from_db()
    if subject.finding.state != FindingState.HEALED:
        checks.check(repair, subject, shown)


def _postpone(repair: FindingRepair, failure: Retry) -> None:
    is_sending = str(failure) == checks.SENDING
    failures, attempts = repair.failures + (not is_sending), repair.attempts + 1
    if failures >= MAX_FAILURES:
        _end(repair, RepairState.FAILED, str(failure))
        return
    now = timezone.now()
    at = next_attempt(now, failures, first=FIRST_WAIT, after=failure.after)
    if is_sending:
        at = min(next_attempt(now, attempts, first=FIRST_LOOK), now + LONGEST)
    reason = repair.finding.connection.masked(str(failure))
    leases.write(repair, now, reason=reason, next_attempt_at=at, failures=failures, attempts=attempts)


def _end(repair: FindingRepair, state: RepairState, reason: str = "") -> None:
    now, masked = timezone.now(), repair.finding.connection.masked(reason)
    leases.write(repair, now, state=state, reason=masked, settled_at=now)
