"""How far an import is, how fast, and how long it will still take."""

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.models import ImportPart, ImportRun
from integrations.reconcile.importing import parts


@dataclass(frozen=True)
class Progress:
    """``expected``: how many objects there will be, None where no earlier import has counted them.

    ``per_second``: objects; ``seconds_left``: None where it cannot be told.
    """

    found: int
    expected: int | None
    per_second: float | None
    seconds_left: float | None


def of(run: ImportRun) -> Progress:
    """How far the run is."""
    return of_parts(list(run.parts.all()))


def of_parts(found: Sequence[ImportPart]) -> Progress:
    """How far these parts are together."""
    done, seconds = sum(map(parts.found, found)), sum(part.seconds for part in found)
    expected = _expected(found)
    rate = done / seconds if done and seconds else None
    left = None if expected is None or rate is None else max(0, expected - done) / rate
    if all(part.is_done for part in found):
        expected, left = done, 0.0
    return Progress(done, expected, rate, left)


def _expected(found: Sequence[ImportPart]) -> int | None:
    known = [parts.found(part) if part.is_done else part.expected for part in found]
    counted = [count for count in known if count is not None]
    return sum(counted) if len(counted) == len(known) else None
