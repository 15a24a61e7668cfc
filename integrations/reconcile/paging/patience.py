"""Waits where a call had no turn: what is brought here at leisure lets everything else pass."""

import time
from collections.abc import Callable
from typing import TypeVar

from integrations.errors import Throttled

# Seconds between two tries, and in all.
PAUSE, MOST = 0.2, 60.0

ResultT = TypeVar("ResultT")


def patiently(call: Callable[[], ResultT]) -> ResultT:
    """What ``call`` returns; raises Throttled where it has had no turn for a minute."""
    until = time.monotonic() + MOST
    while True:
        try:
            return call()
        except Throttled as throttled:
            if time.monotonic() >= until:
                raise
            time.sleep(min(max(PAUSE, throttled.after or 0.0), MOST))
