"""Applies all that is due in the inbox, oldest first; several workers share it without waiting."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from billing.persistence import time_limits
from integrations.inbox import processing
from integrations.models import InboundEvent
from integrations.queue import inbox_wakeup

# Events claimed at once, and how often one run claims before it lets other tasks have their turn.
BATCH, MAX_ROUNDS = 2000, 20
# Seconds after which another worker may have released its locks.
PAUSE = 0.05
# After how many such pauses others keep their locks for long, and after how many seconds to look again.
PATIENCE, LONG_PAUSE = 10, 1.0
# Seconds. The worker sends a message for what falls due within them; the sweep finds what waits for longer.
SOON = 15.0
# How much smaller the next batch is after one that the database refused as a whole.
SHRINK = 10

log = structlog.get_logger(__name__)


def drain() -> bool:
    """Applies what is due until nothing is left, or for MAX_ROUNDS; returns whether something is left.

    Raises OperationalError when the database does not even take one event.
    """
    inbox_wakeup.acknowledge()
    size, in_vain = BATCH, 0
    for _ in range(MAX_ROUNDS):
        now = timezone.now()
        try:
            with _no_garbage_collection():
                last = processing.process_due(now, size)
        except OperationalError as error:
            # A deadlock, no room for so many locks, a restart: a smaller batch may pass, and nothing was done
            # so far.
            log.warning("inbox_batch_refused", events=size, error=str(error))
            size = _after(error, size)
            close_old_connections()
            continue
        if not last.done and not last.left:
            _notify_for_what_is_soon_due(now)
            return False
        if last.done + last.left == size:
            # There is more than one worker can claim at once.
            inbox_wakeup.notify_now()
        in_vain = 0 if last.done else in_vain + 1
        if in_vain == PATIENCE:
            inbox_wakeup.notify_in(LONG_PAUSE)
            return False
        if in_vain:
            time.sleep(PAUSE)
    return True


def _after(error: OperationalError, size: int) -> int:
    """The size of the batch after one that was refused; raises the error where no smaller one is left."""
    if size > 1:
        return max(1, size // SHRINK)
    if not time_limits.is_lock(error):
        raise error
    processing.postpone_next(error, timezone.now())
    return BATCH


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Without Python's search for cycles, which takes a sixth of a batch's time.

    It would visit all objects for each thousand that a batch makes, and nearly all of them live until its
    end.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _notify_for_what_is_soon_due(looked_at: datetime) -> None:
    """So that an event which has to wait a moment, because it overtook another, needs no sweep.

    What was due when this worker looked has been locked by another one, which goes on until nothing is left:
    a message for it would bring forth the next, for as long as they have anything to do.
    """
    later = InboundEvent.objects.due(looked_at + timedelta(seconds=SOON)).filter(
        next_attempt_at__gt=looked_at
    )
    soonest = later.values_list("next_attempt_at", flat=True).first()
    if soonest is None:
        return
    seconds = (soonest - timezone.now()).total_seconds()
    if seconds > 0:
        inbox_wakeup.notify_in(seconds)
    else:
        inbox_wakeup.notify_now()
