"""The rate limit of one process by itself, for while Redis is gone: the same turns, counted in memory."""

import time
from collections import defaultdict
from threading import Lock

from integrations.gateway.redis_bucket import RateLimit, Turn


class LocalBucket:
    """Does what RedisBucket does, for the threads of this process only."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._due: defaultdict[str, float] = defaultdict(float)
        self._paused_until: defaultdict[str, float] = defaultdict(float)
        self._failures: defaultdict[str, int] = defaultdict(int)

    def take(self, name: str, limit: RateLimit, horizon: float) -> Turn:
        """The next turn of the connection ``name``, at most ``horizon`` seconds from now."""
        with self._lock:
            now = time.monotonic()
            slot = max(now, self._due[name] - limit.burst * limit.interval, self._paused_until[name])
            failures = self._failures[name]
            if slot - now > horizon:
                return Turn(False, slot - now - horizon, failures)
            self._due[name] = max(self._due[name], slot) + limit.interval
            return Turn(True, slot - now, failures)

    def pause(self, name: str, seconds: float) -> None:
        """Grants no turns for ``seconds``; a longer pause stays."""
        with self._lock:
            self._paused_until[name] = max(self._paused_until[name], time.monotonic() + seconds)

    def count_failure(self, name: str) -> int:
        """Counts one more failure; returns how many there are in a row."""
        with self._lock:
            self._failures[name] += 1
            return self._failures[name]

    def clear_failures(self, name: str) -> None:
        """Ends the series of failures."""
        with self._lock:
            self._failures[name] = 0
