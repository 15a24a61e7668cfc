"""What can happen to a part of the deployment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import monotonic, sleep

from benchmarks.faults.traffic import Traffic

# Seconds: how long something is frozen, away or full; until normal, at most.
HELD, MOST = 8.0, 120.0


def nothing() -> None:
    """What is to be done after most faults."""


@dataclass(frozen=True)
class Fault:
    """``after``: once all is normal; ``ends``: whose processes it ends; ``left_out``: why it cannot be."""

    name: str
    inflict: Callable[[], None]
    after: Callable[[], None] = nothing
    ends: str = ""
    left_out: str = ""


def suffered(traffic: Traffic, fault: Fault) -> float:
    """Lets it happen while both roads flow; returns the seconds from its end until both arrive again."""
    fault.inflict()
    since, began = datetime.now(UTC), monotonic()
    within(MOST, partial(traffic.is_normal, since))
    seconds = monotonic() - began
    fault.after()
    return seconds


def held(begin: Callable[[], None], end: Callable[[], None], *, seconds: float = HELD) -> None:
    """Begins something, and ends it whatever happens meanwhile."""
    begin()
    try:
        sleep(seconds)
    finally:
        end()


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Waits until it holds, or no longer; tells whether it does."""
    deadline = monotonic() + seconds
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.1)
    return True
