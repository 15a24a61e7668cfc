"""Which fault comes next: each once in a random order, and again."""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from benchmarks.faults.fault import Fault


def drawn(faults: Sequence[Fault], chance: Random, *, between: Fault) -> Callable[[bool], Fault]:
    """Returns what draws the next one; told ``True`` it leaves out those that end processes.

    ``between``: what comes once, as the first of those.
    """
    deck, once = _shuffled(faults, chance), iter([between])

    def draw(is_late: bool) -> Fault:
        first = next(once, None) if is_late else None
        return first or next(fault for fault in deck if not (is_late and fault.ends))

    return draw


def _shuffled(faults: Sequence[Fault], chance: Random) -> Iterator[Fault]:
    while True:
        yield from chance.sample(faults, len(faults))
