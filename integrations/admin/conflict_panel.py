"""A row's conflicts on its own page: the open ones, and the latest that were settled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from integrations.admin.conflict_columns import choose, decided, field, ours, theirs
from integrations.models import Conflict

Shown = dict[str, object]


def by_connection(conflicts: Iterable[Conflict]) -> Mapping[str, Sequence[Shown]]:
    """Returns the conflicts by connection, as the panel's table shows them."""
    shown = defaultdict(list)
    for conflict in conflicts:
        shown[conflict.connection_id].append(_shown(conflict))
    return shown


def _shown(conflict: Conflict) -> Shown:
    return {
        "conflict": conflict,
        "field": field(conflict),
        "ours": ours(conflict),
        "theirs": theirs(conflict),
        "decided": decided(conflict),
        "buttons": choose(conflict),
    }
