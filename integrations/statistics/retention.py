"""How long hours are kept."""

from datetime import UTC, datetime, timedelta

from django.conf import settings

from integrations.models import HourlyStatistic
from integrations.statistics.hours import hour_of

EVER = datetime(1970, 1, 1, tzinfo=UTC)


def kept_since(now: datetime) -> datetime:
    """The first hour that is kept."""
    days = settings.STATISTICS_RETENTION_DAYS
    return hour_of(now - timedelta(days=days)) if days else EVER


def forget(now: datetime) -> int:
    """Deletes older hours; returns how many numbers that were."""
    deleted, _ = HourlyStatistic.objects.filter(at__lt=kept_since(now)).delete()
    return deleted
