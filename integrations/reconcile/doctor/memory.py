"""Checks of the database's memory: it is as new as what the provider has seen, and older would be noticed."""

from collections.abc import Iterator

from integrations.gateway import epochs
from integrations.models import Alarm, WriteEpoch
from integrations.models.alarms import AlarmCode
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, error, ok, unknown

UNNOTICED = "A backup that is restored would not be noticed by itself"


def memory(exam: Examination) -> Iterator[Finding]:
    """Whether a backup was restored, and whether that would be seen."""
    if exam.connection.recovering_since is not None:
        yield _restored(exam)
        return
    row = WriteEpoch.objects.filter(connection=exam.connection).first()
    if row is not None and row.problem:
        yield unknown(
            "memory",
            "epoch_not_written",
            f"{UNNOTICED}, because nothing can be noted at the provider: {row.problem}",
            "Give the key the permission to write webhook endpoints, then register the webhook. Until then, run"
            " manage.py recover after each restore.",
            remedy="register_webhook",
        )
    else:
        yield ok("memory", "The database is as new as what the provider has seen, as far as that is noted.")


def _restored(exam: Examination) -> Finding:
    alarm = Alarm.objects.filter(
        connection=exam.connection, code=AlarmCode.DATABASE_RESTORED, ended_at=None
    ).first()
    message = alarm.message if alarm else epochs.WAITS
    if alarm is None or alarm.agreed_by:
        return error("memory", "database_restored", message, "The recovery is under way: see Imports.")
    return error("memory", "database_restored", message, "Agree to the recovery.", remedy="recover")
