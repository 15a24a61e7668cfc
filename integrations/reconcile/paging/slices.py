"""A worker's share of long work, and when a run that failed is tried again."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.utils import timezone

from integrations.errors import Retry
from integrations.gateway.backoff import next_attempt

# After a failure of the provider's: the first wait (seconds, doubled each time), and how often it is tried.
FIRST_WAIT, MAX_FAILURES = 5.0, 12

RunT = TypeVar("RunT")


@dataclass(frozen=True)
class Slice(Generic[RunT]):
    """One worker's share of a run: ``until`` (monotonic seconds) no other page begins."""

    run: RunT
    until: float

    def is_over(self) -> bool:
        """Whether another worker is to go on."""
        return time.monotonic() >= self.until


def tried_again_at(failures: int, failure: Retry) -> datetime | None:
    """When a run is tried again that had failed so often in a row before; None where that is enough."""
    if failures + 1 >= MAX_FAILURES:
        return None
    return next_attempt(timezone.now(), failures + 1, first=FIRST_WAIT, after=failure.after)
