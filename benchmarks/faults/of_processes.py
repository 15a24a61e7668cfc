"""Each process, with those that it has made: killed, frozen past its lease, told to stop."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from subprocess import Popen

import psutil  # type: ignore[import-untyped]

from benchmarks.faults.fault import HELD, MOST, Fault, held


def faults(parts: Mapping[str, "Popen[bytes]"]) -> Iterator[Fault]:
    """``parts``: the supervisor of each."""
    for name, supervisor in parts.items():
        yield Fault(f"{name}: kill -9", partial(_end, supervisor, signal.SIGKILL), ends=name)
        yield Fault(f"{name}: SIGSTOP for {HELD:.0f} s", partial(_freeze, supervisor))
        told = partial(_end, supervisor, signal.SIGTERM, first_only=True)
        yield Fault(f"{name}: SIGTERM", told, ends=name)


def family(supervisor: "Popen[bytes]") -> list[psutil.Process]:
    """What the supervisor runs, and the processes of that, the oldest first."""
    found: list[psutil.Process] = psutil.Process(supervisor.pid).children(recursive=True)
    return found


def each(processes: list[psutil.Process], number: int) -> None:
    """Sends the signal to those that are still there."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def _end(supervisor: "Popen[bytes]", number: int, *, first_only: bool = False) -> None:
    """Returns once those that got the signal are gone."""
    told = family(supervisor)[: 1 if first_only else None]
    each(told, number)
    psutil.wait_procs(told, timeout=MOST)


def _freeze(supervisor: "Popen[bytes]") -> None:
    frozen = family(supervisor)
    held(lambda: each(frozen, signal.SIGSTOP), lambda: each(frozen, signal.SIGCONT))
