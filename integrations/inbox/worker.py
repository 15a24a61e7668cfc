"""Applies all that is due in the inbox, oldest first; several workers share, because none waits for another."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from integrations.inbox import processing
from integrations.models import InboundEvent
from integrations.queue import inbox_wakeup

# Events claimed at once, and how often one run does so before it lets other tasks have their turn.
BATCH, ROUNDS = 2000, 20
# Seconds after which another worker may have finished what stood in the way.
PAUSE = 0.05
# What falls due within so many seconds is called for; the sweep finds what waits for longer.
SOON = 15.0
# After a batch that the database refused as a whole, how much smaller the next is.
BITE = 10

log = structlog.get_logger(__name__)


def drain() -> bool:
    """Applies what is due until nothing is left; True when it stopped before that, to be called again.

    Raises OperationalError when the database takes not even one event.
    """
    inbox_wakeup.acknowledge()
    size = BATCH
    for _ in range(ROUNDS):
        try:
            with _uncollected():
                last = processing.process_due(timezone.now(), size)
        except OperationalError as error:
            # A deadlock, no room for so many locks, a restart: fewer at once may pass, and nothing was done so far.
            if size == 1:
                raise
            log.warning("inbox_batch_refused", events=size, error=str(error))
            size = max(1, size // BITE)
            close_old_connections()
            continue
        if not last.done and not last.left:
            _come_back(timezone.now())
            return False
        if last.done + last.left == size:
            # There is more than one worker can take at once.
            inbox_wakeup.notify_now()
        if not last.done:
            time.sleep(PAUSE)
    return True


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's search for cycles, a sixth of a batch's time: it would look at everything again for each thousand
    objects that a batch makes, while nearly all of them live until its end.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _come_back(now: datetime) -> None:
    """Lets what has to wait a moment, such as an event that overtook another, not wait for the sweep."""
    due = InboundEvent.objects.due(now + timedelta(seconds=SOON)).values_list("next_attempt_at", flat=True)
    if soonest := due.first():
        inbox_wakeup.notify_in(max(0.0, (soonest - now).total_seconds()))
