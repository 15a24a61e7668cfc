"""How long calls took, from how many took at most so long."""

from collections.abc import Mapping
from decimal import Decimal

from integrations.gateway.call_counts import BOUNDS, SLOWER


def percentile(counts: Mapping[str, Decimal], share: float) -> int | None:
    """Within how many milliseconds that share (0 to 1) of the calls was answered; None of no calls.

    ``counts``: by label (``call_counts.BOUNDS``). Between two bounds calls count as evenly spread; what took
    longer than all of them counts as the last.
    """
    total = float(sum(counts.values()))
    if not total:
        return None
    wanted, before, lower = share * total, 0.0, 0
    for bound in BOUNDS:
        here = float(counts.get(str(bound), 0))
        if before + here >= wanted and here:
            return round(lower + (bound - lower) * max(wanted - before, 0) / here)
        before, lower = before + here, bound
    assert counts.get(SLOWER)
    return BOUNDS[-1]
