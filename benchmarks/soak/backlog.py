"""The most that a worker ever takes at once, so that what its memory is compared with includes that."""

import signal
from functools import partial
from math import inf

from benchmarks.faults.fault import Fault, within
from benchmarks.faults.of_processes import each, family
from benchmarks.faults.stack import Stack

# The worker's processes, and seconds for which it stands still at most.
PROCESSES, MOST = 2, 120.0


def backlog(stack: Stack, senders: int) -> Fault:
    """So many events wait as its processes claim together, then it goes on."""
    from integrations.inbox.worker import BATCH

    events = PROCESSES * BATCH
    return Fault(f"worker: SIGSTOP until {events:,} events wait", partial(_pile_up, stack, events, senders))


def _pile_up(stack: Stack, events: int, senders: int) -> None:
    frozen = family(stack.parts["worker"])
    each(frozen, signal.SIGSTOP)
    try:
        with stack.traffic.flowing({"in": inf}, senders):
            within(MOST, lambda: (stack.traffic.waiting() or 0) >= events)
    finally:
        each(frozen, signal.SIGCONT)
