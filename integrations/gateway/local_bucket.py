"""The pace of one process by itself, while Redis is gone: the same turns, counted in memory."""

import time
from collections import defaultdict
from threading import Lock

from integrations.gateway.redis_bucket import Pace, Turn


class OwnPace:
    """What SharedPace does, for the threads of this process only."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._due: defaultdict[str, float] = defaultdict(float)
        self._paused: defaultdict[str, float] = defaultdict(float)
        self._failures: defaultdict[str, int] = defaultdict(int)

    def take(self, name: str, pace: Pace, horizon: float) -> Turn:
        """The next turn of the connection ``name``, at most ``horizon`` seconds from now."""
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._due[name] - pace.burst * pace.interval, self._paused[name])
            failures = self._failures[name]
            if slot - now > horizon:
                return Turn(False, slot - now - horizon, failures)
            self._due[name] = max(self._due[name], slot) + pace.interval
            return Turn(True, slot - now, failures)

    def pause(self, name: str, seconds: float) -> None:
        """No turns for ``seconds``; a longer pause stays."""
        with self._lock:
            self._paused[name] = max(self._paused[name], time.monotonic() + seconds)

    def failed(self, name: str) -> int:
        """Counts one more failure; answers how many there are in a row."""
        with self._lock:
            self._failures[name] += 1
            return self._failures[name]

    def worked(self, name: str) -> None:
        """Ends the row of failures."""
        with self._lock:
            self._failures[name] = 0
