"""One rate limit for all workers, kept in Redis: when the next call may be made, in fair and exact turns.

The algorithm is GCRA (the "leaky bucket as a meter" of ATM traffic control): one number says when the next
call is due. A call takes the next free moment if that is not further away than its horizon; calls with a
longer horizon go first when many wait.
"""

from dataclasses import dataclass

import redis

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
# Failures further apart than this are not in a row.
FAILURES_EXPIRE_AFTER_SECONDS = 600


@dataclass(frozen=True)
class RateLimit:
    """``per_second``: calls a second, 0 for no limit; ``burst``: how many may come at once after a rest."""

    per_second: float
    burst: float

    @property
    def interval(self) -> float:
        """Seconds between two calls."""
        return 1 / self.per_second if self.per_second else 0.0


@dataclass(frozen=True)
class Turn:
    """``granted``: call in ``wait`` seconds; else ask again then. ``failures``: the latest in a row."""

    granted: bool
    wait: float
    failures: int


class RedisBucket:
    """The turns of all connections, shared by all processes; raises redis.RedisError, OSError."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._take = client.register_script(_TAKE)
        self._pause = client.register_script(_PAUSE)

    def take(self, name: str, limit: RateLimit, horizon: float) -> Turn:
        """The next turn of the connection ``name``, at most ``horizon`` seconds from now."""
        keys = [_key(name, kind) for kind in ("due", "pause", "failures")]
        args = [_micro(limit.interval), _micro(limit.burst * limit.interval), _micro(horizon)]
        granted, wait, failures = self._take(keys=keys, args=args)
        return Turn(bool(granted), int(wait) / 1e6, int(failures))

    def pause(self, name: str, seconds: float) -> None:
        """Grants no turns for ``seconds``; a longer pause stays."""
        self._pause(keys=[_key(name, "pause")], args=[_micro(seconds)])

    def count_failure(self, name: str) -> int:
        """Counts one more failure; returns how many there are in a row."""
        with self._redis.pipeline() as pipe:
            pipe.incr(_key(name, "failures"))
            pipe.expire(_key(name, "failures"), FAILURES_EXPIRE_AFTER_SECONDS)
            return int(pipe.execute()[0])

    def clear_failures(self, name: str) -> None:
        """Ends the series of failures."""
        self._redis.delete(_key(name, "failures"))


def _key(name: str, kind: str) -> str:
    return f"integrations:{kind}:{{{name}}}"


def _micro(seconds: float) -> int:
    return round(seconds * 1e6)
