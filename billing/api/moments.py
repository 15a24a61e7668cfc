"""Moments that callers send: without a time zone, nobody can know which one is meant."""

from django.utils.dateparse import parse_datetime

NO_ZONE = "Send the time zone, too, such as 2026-03-01T12:00:00Z or 2026-03-01T12:00:00+01:00."
NO_ZONE_IN_A_QUERY = "Send the time zone, too, such as 2026-03-01T12:00:00Z, or %2B01:00 in place of Z."


def has_no_zone(text: str) -> bool:
    """Whether it is a date, or a date and time, that says no zone; what is neither is refused elsewhere."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is None
