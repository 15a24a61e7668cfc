"""Credentials are tested as soon as they are stored: whoever stored them hears at once what is wrong."""

from contextlib import suppress
from datetime import datetime

from billing.errors import Conflict
from integrations.connections import manage
from integrations.errors import SyncError
from integrations.gateway.slots import waits
from integrations.models import Connection
from integrations.reconcile.doctor import deliveries, doctor
from integrations.reconcile.doctor.findings import Finding, Severity, error


@waits
def problems(connection: Connection, now: datetime) -> list[Finding]:
    """What is wrong with credentials and signing secrets that were just stored; [] where nothing is.

    Where they are good, their account becomes the connection's, and a broken connection recovers; where they
    are of another account, the connection is broken.
    """
    report = doctor.examine(connection, now, (*doctor.OF_CREDENTIALS, deliveries.secret))
    wrong = [finding for finding in report.findings if finding.severity > Severity.UNKNOWN]
    if not any(finding.check == "key" for finding in wrong):
        wrong += _adopt(connection)
    return wrong


def _adopt(connection: Connection) -> list[Finding]:
    """Takes the account over from credentials that the provider accepts."""
    try:
        with suppress(SyncError):  # the doctor has found the same
            manage.test(connection)
    except Conflict as conflict:
        advice = "Delete one of the two connections."
        return [error("account", "account_taken", conflict.message, advice)]
    return []
