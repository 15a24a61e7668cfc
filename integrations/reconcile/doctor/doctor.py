"""Examines a connection: all checks, in the order in which one explains another."""

from collections.abc import Callable, Iterator
from datetime import datetime

from integrations.gateway.slots import waits
from integrations.models import Connection
from integrations.reconcile.doctor import (
    backlog,
    deliveries,
    drift,
    endpoint,
    key,
    memory,
    permissions,
    polls,
    switches,
)
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, Report

Check = Callable[[Examination], Iterator[Finding]]

# What tells whether stored credentials are good.
OF_CREDENTIALS: tuple[Check, ...] = (key.credentials, key.account, key.clock, permissions.permissions)
CHECKS: tuple[Check, ...] = (
    *OF_CREDENTIALS,
    key.status,
    switches.switches,
    endpoint.endpoint,
    endpoint.public_url,
    deliveries.secret,
    deliveries.refused,
    polls.polls,
    polls.webhooks,
    polls.gaps,
    memory.memory,
    backlog.inbox,
    backlog.outbox,
    drift.comparison,
    drift.drift,
)


@waits
def examine(connection: Connection, now: datetime, checks: tuple[Check, ...] = CHECKS) -> Report:
    """What the checks find, the worst first; makes a few calls, and changes nothing."""
    exam = Examination(connection, now)
    for check in checks:
        exam.found.extend(check(exam))
    findings = sorted(exam.found, key=lambda finding: -finding.severity)
    return Report(connection.pk, connection.name, now, findings)
