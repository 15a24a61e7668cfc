"""How far a comparison is, how fast, and how long it will still take."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.models import ComparisonPart, ComparisonRun


@dataclass(frozen=True)
class Progress:
    """``expected``: how many objects there will be, None where no earlier comparison has counted them.

    ``per_second``: objects; ``seconds_left``: None where it cannot be told.
    """

    found: int
    expected: int | None
    per_second: float | None
    seconds_left: float | None


def of(run: ComparisonRun) -> Progress:
    """How far the run is."""
    return of_parts([part for part in run.parts.all() if not part.left_out])


def of_parts(found: Sequence[ComparisonPart]) -> Progress:
    """How far these parts are together."""
    done, seconds = sum(part.objects_seen for part in found), sum(part.seconds for part in found)
    known = [part.objects_seen if part.is_done else part.expected for part in found]
    counted = [count for count in known if count is not None]
    expected = sum(counted) if len(counted) == len(known) else None
    rate = done / seconds if done and seconds else None
    left = None if expected is None or rate is None else max(0, expected - done) / rate
    return Progress(done, expected, rate, left)
