"""When a delivery is tried again, and when an endpoint is, that fails.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
"""

import random
from datetime import datetime, timedelta

MINUTE, HOUR = 60, 3600
# Seconds between attempts, as the specification suggests: ten attempts in three and a half days.
DELAYS = (
    5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
)  # fmt: skip
# Which part of each is random, so that what failed together does not come together again.
JITTER = 0.2
# After so many failures in a row only one delivery is tried, to see whether the endpoint works again, after
# pauses that grow to the longest.
PATIENCE = 5
FIRST_PAUSE, LONGEST_PAUSE = 5, 5 * MINUTE
# Failures after which the pause is the longest.
LAST = PATIENCE + 10
# The longest wait that an answer may ask for (Retry-After).
LONGEST_WISH = HOUR


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """When a delivery is tried again after so many attempts; None when it is given up."""
    return _later(DELAYS[attempts - 1], now) if attempts <= len(DELAYS) else None


def next_try(failures: int, retry_after: int | None, now: datetime) -> datetime | None:
    """When an endpoint that has failed so often in a row is tried again; None for at once."""
    pauses: list[float] = []
    if failures >= PATIENCE:
        pauses.append(min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(failures - PATIENCE, 10)))
    if retry_after is not None:
        pauses.append(min(LONGEST_WISH, retry_after))
    return _later(max(pauses), now) if pauses else None


def _later(seconds: float, now: datetime) -> datetime:
    return now + timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))
