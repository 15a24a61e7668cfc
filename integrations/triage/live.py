"""Problems that no row shows: kinds of processes of which none lives, and webhooks that were refused."""

from collections.abc import Iterator
from datetime import datetime

from integrations.models import Connection, InboundEvent, Process
from integrations.models.connections import ConnectionStatus
from integrations.models.inbound import InboundSource
from integrations.models.processes import ProcessKind
from integrations.processes import silence
from integrations.triage.group import Group
from integrations.triage.kind import ProblemKind
from integrations.webhooks import rejections

SILENT = ProblemKind(
    "no_process",
    "Silent processes",
    "Start it again (docs/operations.md says how); what waits for it goes on by itself.",
    Process,
    Process.objects.none,
    "seen_at",
)
REFUSED = ProblemKind(
    "refused_webhook",
    "Refused webhooks",
    "Open the doctor: it says which secret, address or version is wrong, and mends what it can.",
    Connection,
    Connection.objects.none,
    "status_since",
    at_doctor=True,
)
MEANS = {
    "web": "Nobody reaches API and admin.",
    "webhooks": "Nothing that a provider posts is taken.",
    "worker": "No event is applied, and no change sent.",
    "beat": "Nothing is polled or compared, and what the broker loses is not found again.",
}

IDLE = "Workers live, but no task ends in them: look whether Redis responds, and start them again."


def silent(now: datetime) -> Iterator[Group]:
    """A group for each kind of process of which none lives, and one where workers live and do nothing."""
    last = silence.newest()
    for kind, seen_at in silence.silent(last, now).items():
        yield _of_processes(f"No {kind} is alive. {MEANS[kind]}", seen_at or now, kind)
    if since := silence.idle(last, now):
        yield _of_processes(IDLE, since, ProcessKind.WORKER)


def _of_processes(cause: str, since: datetime, kind: str) -> Group:
    return Group(SILENT, "", "", cause, 1, since, since, kind)


def refused(environment_id: str, now: datetime) -> Iterator[Group]:
    """A group for each reason for which webhooks of a connection were refused within a day.

    What was refused before one was good again needs nobody any more.
    """
    rows = Connection.objects.exclude(status=ConnectionStatus.ARCHIVED)
    for row in rows.filter(environment_id=environment_id) if environment_id else rows:
        found = rejections.of_connection(row.pk, now)
        for code, count in found.counts.items():
            last = found.last.get(code, now)
            if not _came_since(row, last):
                cause = f"{rejections.why(code)}."
                yield Group(REFUSED, row.pk, row.environment_id, cause, count, last, last, row.pk)


def _came_since(connection: Connection, moment: datetime) -> bool:
    """Whether the connection has had a good webhook after that moment."""
    came = InboundEvent.objects.filter(connection=connection, source=InboundSource.WEBHOOK)
    return came.filter(received_at__gt=moment).exists()
