"""What a soak has found: what was lost, doubled or different, what grew, and how long things took."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.faults.fault import MOST
from benchmarks.faults.verdict import Verdict
from benchmarks.soak.latencies import Latency
from benchmarks.soak.memory import Growth


@dataclass(frozen=True)
class Report:
    """``until_normal``: faults, and seconds after each; ``differs``: what a comparison says against it."""

    verdict: Verdict
    differs: str
    until_normal: Sequence[tuple[str, float]]
    growths: Sequence[Growth]
    latencies: Sequence[Latency]

    @property
    def is_good(self) -> bool:
        """Whether all has held."""
        return not list(self.wrong())

    def wrong(self) -> Iterator[str]:
        """A line for each thing that has not."""
        if lost := self.verdict.lost:
            yield f"{len(lost)} lost: {', '.join(lost[:10])}"
        if doubled := self.verdict.doubled:
            yield f"{len(doubled)} doubled: {', '.join(doubled[:10])}"
        if self.differs:
            yield f"the sides differ: {self.differs}"
        yield from (
            f"not normal again after {name}" for name, seconds in self.until_normal if seconds >= MOST
        )
        yield from (f"{one.name} grew" for one in self.growths if not one.is_flat)

    def lines(self) -> Iterator[str]:
        """All of it, as tables."""
        yield "\n| fault | seconds until normal |\n|---|---|"
        yield from (f"| {name} | {seconds:.1f} |" for name, seconds in self.until_normal)
        yield "\n| process | minutes | MB after its first minute | half-way | at the end |\n|---|---|---|---|---|"
        yield from map(_memory, self.growths)
        yield "\n| | how many | p50 | p99 | slowest |\n|---|---|---|---|---|"
        yield from map(_times, self.latencies)
        lost, doubled = len(self.verdict.lost), len(self.verdict.doubled)
        yield f"\n{lost} lost, {doubled} doubled, both sides {'differ' if self.differs else 'are equal'}."
        yield from (f"WRONG: {line}" for line in self.wrong())


def _memory(one: Growth) -> str:
    megabytes = (f"{mb:.1f}" for mb in one.windows) if one.windows else ["too young"] * 3
    return f"| {one.name} | {one.lived / 60:.1f} | {' | '.join(megabytes)} |"


def _times(one: Latency) -> str:
    times = " | ".join(_time(seconds) for seconds in (one.p50, one.p99, one.slowest))
    return f"| {one.name} | {one.count:,} | {times} |"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
