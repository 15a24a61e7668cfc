"""How far a comparison is."""

from collections.abc import Sequence

from integrations.models import ComparisonPart, ComparisonRun
from integrations.reconcile.paging import progress
from integrations.reconcile.paging.progress import Progress


def of(run: ComparisonRun) -> Progress:
    """How far the run is."""
    return of_parts([part for part in run.parts.all() if not part.left_out])


def of_parts(found: Sequence[ComparisonPart]) -> Progress:
    """How far these parts are together."""
    return progress.of(
        sum(part.objects_seen for part in found),
        sum(part.seconds for part in found),
        [part.objects_seen if part.is_done else part.expected for part in found],
    )
