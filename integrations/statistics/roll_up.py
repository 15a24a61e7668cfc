"""One round: counts what is new, samples what is now, forgets what is old."""

from datetime import datetime

from integrations.statistics import calls, events, gauges, money, retention


def look(now: datetime) -> None:
    """Brings the hours up to now, but for the last two minutes; beat does so each STATISTICS_SECONDS."""
    gauges.sample(now)
    calls.keep(now)
    events.count(now)
    money.count(now)
    retention.forget(now)
