"""Which worker carries a repair out."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from integrations.db import leases
from integrations.models import FindingRepair
from integrations.models.connections import ConnectionStatus

# How long a worker may give no sign of life: some calls, one after the other.
LEASE = timedelta(seconds=90)


def due(now: datetime) -> QuerySet[FindingRepair]:
    """What may be looked at now, the most urgent first."""
    found = FindingRepair.objects.filter(
        leases.free(now),
        settled_at__isnull=True,
        next_attempt_at__lte=now,
        finding__connection__status=ConnectionStatus.ACTIVE,
    )
    return found.order_by("priority", "next_attempt_at", "pk")


def claim(repair_id: str, now: datetime) -> FindingRepair | None:
    """The repair, leased to this worker; None while another one has it, or it waits, or has ended."""
    waiting = FindingRepair.objects.filter(pk=repair_id, settled_at__isnull=True, next_attempt_at__lte=now)
    if not leases.take(waiting, now, LEASE):
        return None
    return FindingRepair.objects.select_related("finding__connection").get(pk=repair_id)


def write(repair: FindingRepair, now: datetime, **values: object) -> None:
    """Sets columns, with a sign of life; raises LeaseLost when another worker has it."""
    mine = FindingRepair.objects.filter(pk=repair.pk, settled_at__isnull=True)
    leases.extend(mine, repair.lease_holder, now, LEASE, **values)
    for name, value in values.items():
        setattr(repair, name, value)


def release(repair: FindingRepair) -> None:
    """Lets another worker go on at once."""
    leases.release(FindingRepair.objects.filter(pk=repair.pk), repair.lease_holder)
