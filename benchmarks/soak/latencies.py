"""How long things took: while nothing was broken, and at any time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import quantiles

# When it began, by time.time(), and after how many seconds it was done.
Timed = tuple[float, float]


@dataclass(frozen=True)
class Latency:
    """Seconds: of the middle one, of one in a hundred, of the slowest."""

    name: str
    count: int
    p50: float
    p99: float
    slowest: float


def latencies(name: str, timed: Sequence[Timed], broken: Sequence[tuple[float, float]]) -> Iterator[Latency]:
    """``broken``: from when to when something was, by time.time()."""
    yield from _latency(f"{name}, nothing broken", [one for one in timed if not _meets(one, broken)])
    yield from _latency(f"{name}, at any time", timed)


def _latency(name: str, timed: Sequence[Timed]) -> Iterator[Latency]:
    seconds = [seconds for _, seconds in timed]
    if len(seconds) > 1:
        cut = quantiles(seconds, n=100, method="inclusive")
        yield Latency(name, len(seconds), cut[49], cut[98], max(seconds))


def _meets(one: Timed, broken: Sequence[tuple[float, float]]) -> bool:
    began, ended = one[0], one[0] + one[1]
    return any(began <= until and ended >= since for since, until in broken)
