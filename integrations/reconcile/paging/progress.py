"""How far long work is, how fast, and how long it will still take."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """``expected``: how many objects there will be, None where no earlier run has counted them.

    ``per_second``: objects; ``seconds_left``: None where it cannot be told.
    """

    found: int
    expected: int | None
    per_second: float | None
    seconds_left: float | None


def of(done: int, seconds: float, expected: Sequence[int | None]) -> Progress:
    """So many objects are ``done``, in so many ``seconds``; ``expected``: of each list, None for unknown."""
    counted = [count for count in expected if count is not None]
    total = sum(counted) if len(counted) == len(expected) else None
    rate = done / seconds if done and seconds else None
    left = None if total is None or rate is None else max(0, total - done) / rate
    return Progress(done, total, rate, left)
