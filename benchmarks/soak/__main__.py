"""`python -m devstack --home test -- python -m benchmarks.soak`: both roads, and random faults, for long.

Both roads flow at a third of what they could, which is measured first, while parts of the deployment break,
one after the other, in an order that the seed decides. For two fifths of the time processes are killed and
stopped, too; then a backlog makes the worker take as much at once as it ever does, and from then on they live
through all else, so that their memory can be compared. Ctrl-C ends it early, with its report. `--rate-in 30
--rate-out 10` (a second) take the place of what is measured.
"""

import random
import signal
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from subprocess import CalledProcessError
from threading import Event
from types import FrameType

import psycopg

from benchmarks.faults.fault import Fault, suffered, within
from benchmarks.faults.stack import Stack, deployed
from benchmarks.outbound import say
from benchmarks.soak.backlog import backlog
from benchmarks.soak.deck import drawn
from benchmarks.soak.latencies import Latency, latencies
from benchmarks.soak.memory import Memory
from benchmarks.soak.report import Report

# Of each road; seconds for which both flow as fast as they can first; the share of that which the soak takes.
SENDERS, MEASURED, SHARE = 8, 15.0, 3
# Seconds between two faults: from, to.
PAUSE = (3.0, 10.0)
WHOLE = 600.0
# The share of the time in which processes are ended.
ENDED = 0.4
# Seconds until nothing is left to do, at most.
DRAINED = 900.0
APPLIED = """
SELECT extract(epoch FROM received_at)::float, extract(epoch FROM settled_at - received_at)::float
FROM integrations_inboundevent WHERE provider_event_id LIKE 'evt_in-%' AND settled_at IS NOT NULL
"""
SENT = """
SELECT extract(epoch FROM created_at)::float, extract(epoch FROM settled_at - created_at)::float
FROM integrations_outboundsync WHERE entity_type = 'customer' AND settled_at IS NOT NULL
"""


@dataclass
class Course:
    """What has happened so far; ``broken``: from when to when something was, by time.time()."""

    until_normal: list[tuple[str, float]] = field(default_factory=list)
    broken: list[tuple[float, float]] = field(default_factory=list)


def main() -> None:
    """Prints the report; ends with 1 where anything in it is wrong."""
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    stopped = stopped_by_interrupt()
    say(f"SEED={options.seed}")
    with deployed() as stack:
        report = soak(stack, options, stopped)
    for line in report.lines():
        say(line)
    sys.exit(not report.is_good)


def arguments() -> Namespace:
    """Returns the options of the command line."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--rate-in", type=float, help="events a second")
    parser.add_argument("--rate-out", type=float, help="customers made here a second")
    return parser.parse_args()


def stopped_by_interrupt() -> Event:
    """Ctrl-C sets it, so that what is broken gets well before the end; the second one ends all at once."""
    stopped = Event()

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        say("\nEnds after what is under way; the report follows.")
        stopped.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, interrupted)
    return stopped


def soak(stack: Stack, options: Namespace, stopped: Event) -> Report:
    """All of it: from the rates to what both sides hold in the end."""
    for fault in stack.faults:
        if fault.left_out:
            say(f"left out: {fault.name} ({fault.left_out})")
    traffic, course, memory = stack.traffic, Course(), Memory(stack.parts)
    rates = rates_of(stack, options)
    say(f"{rates['in']:.1f} events and {rates['out']:.1f} customers made here, a second")
    began, seconds = time.time(), options.minutes * 60
    with memory.watched(), traffic.flowing(rates, SENDERS):
        break_things(stack, options.seed, seconds, stopped, course)
    say(f"waiting until nothing is left to do; answers but acknowledgements: {dict(traffic.refused)}")
    within(DRAINED, traffic.is_done)
    say("comparing both sides")
    return Report(
        verdict=traffic.verdict(),
        differs=compared(stack),
        until_normal=course.until_normal,
        growths=list(memory.growths(scale=min(1.0, seconds / WHOLE))),
        latencies=list(measured(stack, course, began)),
    )


def rates_of(stack: Stack, options: Namespace) -> dict[str, float]:
    """As given, or a third of what both roads do at once until all has arrived."""
    given = {"in": options.rate_in, "out": options.rate_out}
    if None not in given.values():
        return given
    traffic, began = stack.traffic, time.monotonic()
    with traffic.flowing({"in": inf, "out": inf}, SENDERS):
        time.sleep(MEASURED)
    within(DRAINED, traffic.is_done)
    seconds = time.monotonic() - began
    could = {name: len(road) / seconds for name, road in traffic.acknowledged.items()}
    say(f"at most {could['in']:.0f} events and {could['out']:.0f} customers made here, a second")
    return {name: given[name] or rate / SHARE for name, rate in could.items()}


def break_things(stack: Stack, seed: int, seconds: float, stopped: Event, course: Course) -> None:
    """One fault after the other until the time is over."""
    chance, began = random.Random(seed), time.monotonic()
    possible = [fault for fault in stack.faults if not fault.left_out]
    draw = drawn(possible, chance, between=backlog(stack, SENDERS))
    while not stopped.wait(chance.uniform(*PAUSE)) and (now := time.monotonic() - began) < seconds:
        fault = draw(now > seconds * ENDED)
        show(stack, now, seconds, fault, course)
        since = time.time()
        course.until_normal.append((fault.name, suffered(stack.traffic, fault)))
        course.broken.append((since, time.time()))


def show(stack: Stack, now: float, seconds: float, fault: Fault, course: Course) -> None:
    """One line that says how far it is; at a terminal the next one takes its place."""
    came, made = (len(road) for road in stack.traffic.acknowledged.values())
    line = f"{now / 60:5.1f} of {seconds / 60:.0f} min, {came:,} events, {made:,} customers, "
    line += f"{len(course.until_normal)} faults; now {fault.name}"
    sys.stdout.write(f"\r\033[K{line}" if sys.stdout.isatty() else f"{line}\n")
    sys.stdout.flush()


def compared(stack: Stack) -> str:
    """What the product's own comparison says against it, "" where both sides are equal."""
    from integrations.providers.stripe.tests.bursts.processes import manage

    try:
        manage(stack.environment, "compare", "--here")
    except CalledProcessError as failed:
        return f"{failed.stdout} {failed.stderr}".strip()
    return ""


def measured(stack: Stack, course: Course, began: float) -> Iterator[Latency]:
    """Since ``began``, which leaves out how the rates were found."""
    with psycopg.connect(stack.database) as db:
        applied, sent = (db.execute(sql).fetchall() for sql in (APPLIED, SENT))
    came, made = (list(road.values()) for road in stack.traffic.acknowledged.values())
    timed = {"event acknowledged": came, "event applied, from then on": applied}
    timed |= {"customer made here": made, "customer at Stripe, from then on": sent}
    for name, times in timed.items():
        yield from latencies(name, [one for one in times if one[0] >= began], course.broken)


if __name__ == "__main__":
    main()
