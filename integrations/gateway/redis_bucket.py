"""One pace for all workers, kept in Redis: which moment a call may be made at, in fair and exact turns.

The algorithm is GCRA (the "leaky bucket as a meter" of ATM traffic control): one number says when the next call is
due. A call takes the next free moment if that is not further away than its horizon; whoever may look further ahead
goes first when many wait.
"""

from dataclasses import dataclass
from functools import cache

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# Seconds that a call may wait for a Redis that does not answer.
PATIENCE = 1.0
# Microseconds, which a Lua number holds exactly. Redis' own clock: those of the workers may differ.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local interval, burst, horizon = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local due = tonumber(redis.call('GET', KEYS[1]) or 0)
local slot = math.max(now, due - burst, tonumber(redis.call('GET', KEYS[2]) or 0))
local failures = tonumber(redis.call('GET', KEYS[3]) or 0)
if slot - now > horizon then return {0, string.format('%.0f', slot - now - horizon), failures} end
due = math.max(due, slot) + interval
redis.call('SET', KEYS[1], string.format('%.0f', due), 'PX', string.format('%.0f', (due - now) / 1000 + 1000))
return {1, string.format('%.0f', slot - now), failures}
"""
_PAUSE = """
local time = redis.call('TIME')
local wanted = time[1] * 1000000 + time[2] + tonumber(ARGV[1])
if wanted <= tonumber(redis.call('GET', KEYS[1]) or 0) then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', wanted), 'PX', string.format('%.0f', tonumber(ARGV[1]) / 1000 + 1))
return 1
"""
# Failures further apart than this (seconds) are not in a row.
FAILURES_LAST = 600


@dataclass(frozen=True)
class Pace:
    """``rate``: calls a second, 0 for as many as one likes; ``burst``: how many may come at once after a rest."""

    rate: float
    burst: float

    @property
    def interval(self) -> float:
        """Seconds between two calls."""
        return 1 / self.rate if self.rate else 0.0


@dataclass(frozen=True)
class Turn:
    """``granted``: call in ``wait`` seconds. Otherwise: ask again in ``wait``. ``failures``: the latest in a row."""

    granted: bool
    wait: float
    failures: int


class SharedPace:
    """The paces of all connections, for every process that knows the same Redis; raises redis.RedisError, OSError."""

    def __init__(self, url: str) -> None:
        self._redis = _client(url)
        self._take = self._redis.register_script(_TAKE)
        self._pause = self._redis.register_script(_PAUSE)

    def take(self, name: str, pace: Pace, horizon: float) -> Turn:
        """The next turn of the connection ``name``, at most ``horizon`` seconds from now."""
        keys = [_key(name, kind) for kind in ("due", "pause", "failures")]
        args = [_micro(pace.interval), _micro(pace.burst * pace.interval), _micro(horizon)]
        granted, wait, failures = self._take(keys=keys, args=args)
        return Turn(bool(granted), int(wait) / 1e6, int(failures))

    def pause(self, name: str, seconds: float) -> None:
        """No turns for ``seconds``; a longer pause stays."""
        self._pause(keys=[_key(name, "pause")], args=[_micro(seconds)])

    def failed(self, name: str) -> int:
        """Counts one more failure; answers how many there are in a row."""
        with self._redis.pipeline() as pipe:
            pipe.incr(_key(name, "failures"))
            pipe.expire(_key(name, "failures"), FAILURES_LAST)
            return int(pipe.execute()[0])

    def worked(self, name: str) -> None:
        """Ends the row of failures."""
        self._redis.delete(_key(name, "failures"))


def _key(name: str, kind: str) -> str:
    return f"integrations:{kind}:{{{name}}}"


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)


@cache
def _client(url: str) -> redis.Redis:
    """Asked at most once and not waited for."""
    return redis.Redis.from_url(
        url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE
    )
