"""How long to wait before the next attempt: doubled, bounded, and spread so that rows do not coincide."""

import random
from datetime import datetime, timedelta

MAX_WAIT_SECONDS = 3600.0


def wait(attempts: int, *, first: float, spread: float, after: float | None = None) -> float:
    """Seconds to wait after ``attempts`` failures: ``first`` doubled each time, at most an hour.

    ``spread`` (0 to 1) takes up to half of it away. ``after`` is what the provider asked for: never less than
    that.
    """
    longest = min(MAX_WAIT_SECONDS, first * 2.0 ** min(attempts - 1, 30))
    return max(longest * (1 - spread / 2), after or 0.0)


def next_attempt(now: datetime, attempts: int, *, first: float, after: float | None = None) -> datetime:
    """When to try again after ``attempts`` failures (``first`` and ``after`` in seconds)."""
    seconds = wait(attempts, first=first, spread=random.random(), after=after)
    return now + timedelta(seconds=seconds)
