"""How far an import is."""

from collections.abc import Sequence
from dataclasses import replace

from integrations.models import ImportPart, ImportRun
from integrations.reconcile.importing import parts
from integrations.reconcile.paging import progress
from integrations.reconcile.paging.progress import Progress


def of(run: ImportRun) -> Progress:
    """How far the run is."""
    return of_parts(list(run.parts.all()))


def of_parts(found: Sequence[ImportPart]) -> Progress:
    """How far these parts are together."""
    made = progress.of(
        sum(map(parts.found, found)),
        sum(part.seconds for part in found),
        [parts.found(part) if part.is_done else part.expected for part in found],
    )
    is_done = all(part.is_done for part in found)
    return replace(made, expected=made.found, seconds_left=0.0) if is_done else made
