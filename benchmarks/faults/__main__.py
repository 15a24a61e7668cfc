"""`python -m devstack --home test -- python -m benchmarks.faults`: each fault, with traffic on both roads.

Every process is killed, frozen past its lease and told to stop, PostgreSQL and Redis are killed, frozen,
restarted, emptied, filled, get a full disk, and have no connection to give. Leases are short: two seconds for
beat, five for the outbox. `--only worker` takes those whose name contains it.
"""

import signal
import sys
import time
from argparse import ArgumentParser

from benchmarks.faults.fault import MOST, Fault, suffered, within
from benchmarks.faults.stack import deployed
from benchmarks.faults.traffic import Traffic
from benchmarks.outbound import say

# Of each road a second; and seconds of traffic before each fault.
RATES, BEFORE = {"in": 5.0, "out": 5.0}, 3.0


def main() -> None:
    """Prints a line for each fault; ends with 1 where anything was lost or doubled."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    # What a signal ends is cleaned up all the same.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with deployed() as stack:
        say(
            "| fault | lost | doubled | seconds until normal | not acknowledged meanwhile |\n|---|---|---|---|---|"
        )
        taken = [fault for fault in stack.faults if options.only in fault.name]
        good = [trial(stack.traffic, fault) for fault in taken]
    sys.exit(not all(good))


def trial(traffic: Traffic, fault: Fault) -> bool:
    """Prints what became of it; tells whether nothing was lost or doubled, and all is normal again."""
    if fault.left_out:
        say(f"| {fault.name} | left out: {fault.left_out} | | | |")
        return True
    traffic.refused.clear()
    with traffic.flowing(RATES):
        time.sleep(BEFORE)
        seconds = suffered(traffic, fault)
    is_done = within(MOST, traffic.is_done)
    verdict = traffic.verdict()
    say(
        f"| {fault.name} | {len(verdict.lost)} | {len(verdict.doubled)} | {seconds:.1f} | {_refused(traffic)} |"
    )
    return verdict.is_good and is_done and seconds < MOST


def _refused(traffic: Traffic) -> str:
    return ", ".join(f"{number} {answer}" for answer, number in sorted(traffic.refused.items()))


if __name__ == "__main__":
    main()
