"""Comparisons as in ``comparing``, and repairs of what they find, in this process."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from integrations.models import Finding, FindingRepair, OutboundSync
from integrations.models.findings import Repair
from integrations.outbox import worker
from integrations.providers.stripe.tests.comparing.conftest import (  # noqa: F401
    _at_once,
    account,
    compared,
    findings,
    imported,
)
from integrations.providers.stripe.tests.repairing.customers import ada, api, two  # noqa: F401
from integrations.reconcile.repairing import requests, work


def deliver_all() -> None:
    """Sends whatever waits to be sent, until nothing is open."""
    for _ in range(20):
        rows = OutboundSync.objects.filter(settled_at__isnull=True).order_by("created_at")
        if not rows:
            return
        OutboundSync.objects.filter(settled_at__isnull=True).update(next_attempt_at=timezone.now())
        for row in rows:
            worker.deliver(row.pk, now=timezone.now())


def carry_out_all() -> None:
    """Carries out what was asked for, and what that leads to, to its end."""
    for _ in range(20):
        if not FindingRepair.objects.filter(settled_at__isnull=True).exists():
            return
        FindingRepair.objects.filter(settled_at__isnull=True).update(next_attempt_at=timezone.now())
        work.work(seconds=60)
        deliver_all()
    raise AssertionError([(one.state, one.reason) for one in FindingRepair.objects.filter(settled_at=None)])


@pytest.fixture
def repaired() -> Callable[..., FindingRepair]:
    """Repairs a finding as suggested, or otherwise; returns the repair as it has ended."""

    def run(finding: Finding, repair: str = "") -> FindingRepair:
        made = requests.ask(finding.pk, Repair(repair or finding.suggested), by="ada")
        carry_out_all()
        return FindingRepair.objects.get(pk=made.pk)

    return run
