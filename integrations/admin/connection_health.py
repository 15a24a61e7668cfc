"""The panel of a connection's page: its webhooks, its calls, and what a switch would do, in sentences."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Sum
from django.utils.formats import localize
from django.utils.timezone import localtime

from billing import durations
from billing.admin.links import list_url
from integrations.admin import switch_preview
from integrations.gateway import call_counts, rate_limiter
from integrations.models import Connection, HourlyStatistic, InboundEvent
from integrations.models.inbound import InboundSource
from integrations.models.statistics import Measure
from integrations.statistics.hours import hour_of
from integrations.webhooks import rejections

DAY = timedelta(days=1)
# So many of the latest deliveries say how late they come.
LATEST = 100


def shown(connection: Connection, now: datetime) -> dict[str, Any]:
    """What the panel's template shows."""
    return {
        "webhooks": list(_webhooks(connection, now)),
        "events_url": list_url(InboundEvent, connection__id__exact=connection.pk, source__exact="webhook"),
        "calls": list(_calls(connection, now)),
        "switches": list(switch_preview.of_all(connection)),
    }


def _webhooks(connection: Connection, now: datetime) -> Iterator[str]:
    came = InboundEvent.objects.filter(connection=connection, source=InboundSource.WEBHOOK)
    times = list(came.order_by("-received_at").values_list("created", "received_at")[:LATEST])
    yield f"Last good one: {_moment(times[0][1], now)}." if times else "None has come yet."
    refused = rejections.of_connection(connection.pk, now)
    for code, count in sorted(refused.counts.items()):
        last = f", the last {_moment(refused.last[code], now)}" if code in refused.last else ""
        yield f"{count:,} of the last day were refused{last}. {rejections.why(code)}."
    if not refused.counts:
        yield "None of the last day was refused."
    if times:
        late = [(received - created).total_seconds() for created, received in times]
        yield (
            f"Of the latest ({len(late)}) half came within {_took(median(late))} of what they tell of, the slowest"
            f" within {_took(max(late))}."
        )
    applied = _lately(connection, now, Measure.EVENTS)
    yield f"Events dealt with in the last 24 hours: {applied:,.0f}."


def _calls(connection: Connection, now: datetime) -> Iterator[str]:
    allowed, counts = rate_limiter.calls_per_second(connection), call_counts.of_hour(hour_of(now))
    this_hour = sum(
        number
        for (connection_id, label), number in counts.items()
        if connection_id == connection.pk and label != call_counts.THROTTLED
    )
    seconds = max((now - hour_of(now)).total_seconds(), 1)
    share = f", {100 * this_hour / seconds / allowed:.1f} % of what is allowed" if allowed else ""
    if allowed:
        yield f"FlexSync makes at most {allowed:g} calls in a second here; more urgent ones go first."
    yield f"Calls since {localtime(hour_of(now)):%H:%M %Z}: {this_hour:,}{share}."
    yield f"Calls in the last 24 hours: {_lately(connection, now, Measure.CALLS):,.0f}."
    if throttled := _lately(connection, now, Measure.THROTTLED):
        yield (
            f"The provider refused {throttled:,.0f} of them because there were too many at once (HTTP 429). Nothing is lost:"
            " all calls pause for as long as it asks for, then those are made again. Where it happens often, another"
            " program uses the same account; STRIPE_CALLS_PER_SECOND lowers what FlexSync takes."
        )
    else:
        yield "The provider refused none of them for being too many."


def _lately(connection: Connection, now: datetime, measure: Measure) -> Any:
    found = HourlyStatistic.objects.filter(
        at__gt=now - DAY, environment=connection.environment_id, connection_id=connection.pk, measure=measure
    )
    return found.aggregate(sum=Sum("value"))["sum"] or 0


def _moment(when: datetime, now: datetime) -> str:
    return f"{localize(localtime(when))} ({durations.ago(when, now)})"


def _took(seconds: float) -> str:
    return durations.words(timedelta(seconds=seconds))
