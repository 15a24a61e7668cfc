"""Applies all that is due in the inbox, oldest first; several workers share, because none waits for another."""

import time

from django.utils import timezone

from integrations import inbox, wakeups

# Events claimed at once, and how often one run does so before it lets other tasks have their turn.
BATCH, ROUNDS = 300, 20
# Seconds after which another worker may have finished what stood in the way.
PAUSE = 0.05


def drain() -> bool:
    """Applies what is due until nothing is left; True when it stopped before that, to be called again."""
    wakeups.begun()
    for _ in range(ROUNDS):
        last = inbox.process_due(timezone.now(), BATCH)
        if not last.done and not last.left:
            return False
        if not last.done:
            time.sleep(PAUSE)
    return True
