"""``{{ seconds|duration }}``: "12 minutes"."""

from datetime import timedelta

from django import template

from billing import durations

register = template.Library()


@register.filter
def duration(seconds: float) -> str:
    """So many seconds, as people say it."""
    return durations.words(timedelta(seconds=seconds))
