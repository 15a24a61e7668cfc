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
from integrations.reconcile.paging.slices import tried_again_at
from integrations.reconcile.repairing import checks, leases, options, roads
from integrations.reconcile.repairing.subjects import Subject

# When what is under way is looked at again: first (seconds, doubled each time), and at the latest.
FIRST_LOOK, LONGEST = 1.0, timedelta(seconds=60)
# What has not helped waits so long for repairs that others have asked for.
WAITS_FOR_OTHERS = timedelta(hours=1)
AFTER_OTHERS = (
    "Both sides still differ. It is tried again when the other repairs that were asked for have ended."
)


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
    except checks.StillDiffers as failure:
        _end_after_others(repair, failure)
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


def _end_after_others(repair: FindingRepair, failure: Rejected) -> None:
    """An amount may follow from a payment that is still to be taken: the last one of all fails."""
    now = timezone.now()
    others = FindingRepair.objects.filter(
        finding__connection=repair.finding.connection_id, settled_at__isnull=True
    )
    others = others.exclude(pk=repair.pk).exclude(reason=AFTER_OTHERS)
    if now - repair.created_at > WAITS_FOR_OTHERS or not others.exists():
        _end(repair, RepairState.FAILED, str(failure))
        return
    state = RepairState.WAITING if repair.repair == Repair.TAKE else repair.state
    at, attempts = _looked_at_again(repair, now), repair.attempts + 1
    leases.write(repair, now, state=state, reason=AFTER_OTHERS, next_attempt_at=at, attempts=attempts)


def _postpone(repair: FindingRepair, failure: Retry) -> None:
    is_sending = str(failure) == checks.SENDING
    failures, now = repair.failures + (not is_sending), timezone.now()
    at = _looked_at_again(repair, now) if is_sending else tried_again_at(repair.failures, failure)
    if at is None:
        _end(repair, RepairState.FAILED, str(failure))
        return
    reason, attempts = repair.finding.connection.masked(str(failure)), repair.attempts + 1
    leases.write(repair, now, reason=reason, next_attempt_at=at, failures=failures, attempts=attempts)


def _looked_at_again(repair: FindingRepair, now: datetime) -> datetime:
    return min(next_attempt(now, repair.attempts + 1, first=FIRST_LOOK), now + LONGEST)


def _end(repair: FindingRepair, state: RepairState, reason: str = "") -> None:
    now, masked = timezone.now(), repair.finding.connection.masked(reason)
    leases.write(repair, now, state=state, reason=masked, settled_at=now)
