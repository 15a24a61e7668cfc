"""Lets time pass for what waits."""

from datetime import timedelta

from django.utils import timezone

from integrations.inbox import processing


def settle(rounds):
    """Lets the inbox try all that is pending as if its time had come, as often as it would by itself."""
    for attempt in range(rounds):
        now = timezone.now() + timedelta(hours=2 * attempt)
        while processing.process_due(now, 10_000).done:
            pass
