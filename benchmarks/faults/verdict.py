"""What became of all that was acknowledged: it has to be on both sides, once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Names of what is missing on a side, and of what is on one more than once."""

    lost: list[str]
    doubled: list[str]

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.doubled)


def judge(acknowledged: Iterable[str], here: Mapping[str, int], there: Mapping[str, int]) -> Verdict:
    """``here``, ``there``: how often each name is on each side."""
    names = list(acknowledged)
    doubled = [name for name, number in (Counter(here) | Counter(there)).items() if number > 1]
    return Verdict([name for name in names if not (here.get(name) and there.get(name))], doubled)
