"""Reads rows of one environment, for callers outside billing: a row that the unit of work holds is not read
again.
"""

from collections.abc import Iterable

from billing.persistence.rows import RowT, found


def find(model: type[RowT], environment_id: str, ids: Iterable[str]) -> dict[str, RowT]:
    """The environment's rows of ``model`` that have one of the ``ids``, by id; unknown ids are left out."""
    return found(model, environment_id, ids)
