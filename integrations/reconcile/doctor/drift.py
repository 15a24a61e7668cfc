"""Checks of comparisons: both sides are compared, and nothing that differs waits for a person."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from integrations.models import ComparisonRun
from integrations.models.comparison_runs import ComparisonState
from integrations.models.connections import ConnectionStatus
from integrations.reconcile.comparing import findings, stakes
from integrations.reconcile.doctor.examination import Examination
from integrations.reconcile.doctor.findings import Finding, ok, unknown, warning

# How many intervals may pass without a comparison that has ended well.
LATE = 2
ADVICE = (
    "Press Compare on the connection's page, send POST /v1/comparisons, or run manage.py compare. Where a comparison has"
    " failed, its reason says why."
)


def comparison(exam: Examination) -> Iterator[Finding]:
    """Whether the last one is young."""
    if not exam.provider.comparables or exam.connection.status != ConnectionStatus.ACTIVE:
        return
    done = ComparisonRun.objects.filter(connection=exam.connection, state=ComparisonState.DONE)
    at = done.order_by("-settled_at").values_list("settled_at", flat=True).first()
    late = timedelta(hours=LATE * settings.COMPARISON_HOURS)
    if late and exam.now - (at or exam.connection.created_at) > late:
        when = f"were compared at {at:%Y-%m-%d %H:%M} UTC for the last time" if at else "were never compared"
        yield warning("comparison", "comparison_late", f"Both sides {when}.", ADVICE)
    elif at is None:
        yield unknown("comparison", "not_compared", "Both sides were not compared yet.", ADVICE)
    else:
        yield ok("comparison", f"Both sides were compared at {at:%Y-%m-%d %H:%M} UTC.")


def drift(exam: Examination) -> Iterator[Finding]:
    """Whether it found anything that is still open."""
    found = findings.open_of(exam.connection.pk)
    if not (count := found.count()):
        return
    money = ", ".join(f"{amount} {currency}" for currency, amount in stakes.shown(found).items())
    message = f"{count} differences between both sides are open" + (
        f", with {money} at stake." if money else "."
    )
    yield warning(
        "drift",
        "drift",
        message,
        "Repair or accept them: on the page Findings of admin, or by GET /v1/findings.",
    )
