"""Billing periods: whole intervals from an anchor.

Source: Stripe docs, "Set the subscription billing date".
"""

import calendar
from datetime import UTC, datetime, timedelta

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def period_end(anchor: int, start: int, interval: str, count: int) -> int:
    """Return the first moment after `start` that is a whole number of intervals from the anchor.

    An anchor on the last day of a month stays on the last day.
    """
    steps = 1
    while anchor > start and _after(anchor, interval, count * (steps - 1)) > start:
        steps -= 1
    while (end := _after(anchor, interval, count * steps)) <= start:
        steps += 1
    return end


def interval_before(moment: int, interval: str, count: int) -> int:
    """Return the start of a whole period that ends at this moment."""
    return _after(moment, interval, -count)


def _after(anchor: int, interval: str, count: int) -> int:
    moment = datetime.fromtimestamp(anchor, UTC)
    if interval in _DAYS:
        return int((moment + timedelta(days=_DAYS[interval] * count)).timestamp())
    months = moment.year * 12 + moment.month - 1 + _MONTHS[interval] * count
    year, month = divmod(months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return int(moment.replace(year=year, month=month + 1, day=day).timestamp())
