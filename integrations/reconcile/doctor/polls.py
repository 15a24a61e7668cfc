"""Checks of catch-up: polls are made, webhooks miss little, nothing was lost for good."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from integrations.models import Alarm
from integrations.models.alarms import AlarmCode
from integrations.models.connections import ConnectionStatus
from integrations.reconcile.catch_up import summary
from integrations.reconcile.catch_up.summary import Summary
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, error, ok, unknown, warning

# How many intervals may pass without a poll.
LATE = 3
# What explains that webhooks do not come.
CAUSES = ("endpoint", "secret")


def polls(exam: Examination) -> Iterator[Finding]:
    """Whether the last poll is young, and what it says."""
    if not settings.EVENT_POLL_SECONDS or not summary.is_polled(exam.connection):
        yield unknown("polls", "polls_off", "Events are not polled: what no webhook brings stays unknown.")
        return
    if exam.has_error("key") or exam.connection.status == ConnectionStatus.BROKEN:
        yield unknown("polls", "polls_wait", "Events are polled once the connection works.")
        return
    found = summary.of(exam.connection, exam.now)
    since = found.last_poll_at or exam.connection.created_at
    if found.last_error and not exam.has_error("permissions"):
        yield warning(
            "polls", "poll_failed", f"The last poll failed: {found.last_error}", "See its reason.", "poll"
        )
    elif exam.now - since > timedelta(seconds=LATE * settings.EVENT_POLL_SECONDS) and not found.last_error:
        yield warning(
            "polls",
            "poll_late",
            f"Events were polled at {since:%Y-%m-%d %H:%M} UTC for the last time.",
            "Check that beat and workers run.",
            remedy="poll",
        )
    else:
        yield ok("polls", f"Events were polled at {since:%Y-%m-%d %H:%M} UTC.")


def webhooks(exam: Examination) -> Iterator[Finding]:
    """Whether webhooks bring what there is."""
    found = summary.of(exam.connection, exam.now)
    is_silent = any(alarm.code == AlarmCode.WEBHOOKS_SILENT for alarm in found.alarms)
    if not is_silent and not found.missed_lately:
        yield ok("webhooks", "Webhooks have brought all events of the last day.")
    elif exam.has_error("key", *CAUSES):
        yield unknown(
            "webhooks", "webhooks_hindered", "Whether webhooks bring all events is known once they can."
        )
    elif is_silent:
        message = next(one.message for one in found.alarms if one.code == AlarmCode.WEBHOOKS_SILENT)
        yield error(
            "webhooks",
            "webhooks_silent",
            message,
            "Check that the provider reaches PUBLIC_URL, and what a proxy in between refuses.",
            remedy="prove",
        )
    else:
        yield _missed(found)


def _missed(found: Summary) -> Finding:
    return warning(
        "webhooks",
        "webhooks_missed",
        f"{found.missed_lately} events of the last day were brought by polls only.",
        "Look at the endpoint's failed deliveries at the provider.",
    )


def gaps(exam: Examination) -> Iterator[Finding]:
    """Whether events were lost for good."""
    alarm = Alarm.objects.filter(
        connection=exam.connection, code=AlarmCode.IMPORT_NEEDED, ended_at=None
    ).first()
    if alarm is None:
        return
    advice = "Agree to the import of what changed." if not alarm.agreed_by else "The import was started."
    yield error("gaps", "import_needed", alarm.message, advice, "" if alarm.agreed_by else "agree")
