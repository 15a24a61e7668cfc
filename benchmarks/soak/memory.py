"""Whether processes grow: how much memory each had after its first minute, half-way, and at the end."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import mean
from subprocess import Popen
from threading import Event, Thread

import psutil  # type: ignore[import-untyped]

from benchmarks.faults.of_processes import family

# Seconds between two looks; of a process's life that are its warm-up; over which an average is taken.
APART, WARM_UP, WINDOW = 2.0, 60.0, 60.0
# What one may grow by: MB, and a share of what it had.
MORE_MB, MORE = 5.0, 0.05

# By time.monotonic(), MB.
Looks = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Growth:
    """Of one process: for how many seconds it was seen, and its average MB in the windows.

    There are none where it did not live for a warm-up and three of them.
    """

    name: str
    lived: float
    windows: tuple[float, float, float] | None

    @property
    def is_flat(self) -> bool:
        """Whether it had as much before: what it needs most at once may come late in the first half.

        One that is too young counts as flat.
        """
        if self.windows is None:
            return True
        *before, last = self.windows
        return last - max(before) <= max(MORE_MB, MORE * max(before))


def growth(name: str, looks: Looks, *, scale: float = 1.0) -> Growth:
    """``scale``: of warm-up and window, below 1 for a short trial."""
    begun, ended = looks[0][0], looks[-1][0]
    warm, window = begun + WARM_UP * scale, WINDOW * scale
    if ended - warm < 3 * window:
        return Growth(name, ended - begun, None)
    half = (warm + ended - window) / 2
    first, middle, last = (_average(looks, since, window) for since in (warm, half, ended - window))
    return Growth(name, ended - begun, (first, middle, last))


def _average(looks: Looks, since: float, window: float) -> float:
    return mean(mb for at, mb in looks if since <= at <= since + window)


def _began(looks: Looks) -> float:
    return looks[0][0]


class Memory:
    """Looks again and again at all processes of all parts."""

    def __init__(self, parts: Mapping[str, "Popen[bytes]"]) -> None:
        self._parts = parts
        # By part and process id.
        self._looks: dict[tuple[str, int], list[tuple[float, float]]] = {}

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Looks during the block."""
        stopped = Event()
        thread = Thread(target=self._go_on, args=[stopped], daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()
            thread.join()

    def growths(self, *, scale: float = 1.0) -> Iterator[Growth]:
        """Of each process that lived to the end, the oldest of each part first."""
        ended = max((looks[-1][0] for looks in self._looks.values()), default=0.0)
        for part in self._parts:
            living = [looks for (name, _), looks in self._looks.items() if name == part]
            living = [looks for looks in living if looks[-1][0] >= ended - 2 * APART]
            for number, looks in enumerate(sorted(living, key=_began), 1):
                yield growth(f"{part} {number}", looks, scale=scale)

    def _go_on(self, stopped: Event) -> None:
        while not stopped.wait(APART):
            now = time.monotonic()
            for part, supervisor in self._parts.items():
                self._look(part, family(supervisor), now)

    def _look(self, part: str, processes: Iterable[psutil.Process], now: float) -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                megabytes = process.memory_info().rss / 1024**2
                self._looks.setdefault((part, process.pid), []).append((now, megabytes))
