"""A row's conflicts on its own page: the open ones, and the latest that were settled."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from billing.events import Kind
from integrations.admin.conflict_columns import choose, decided, field, ours, theirs
from integrations.models import Conflict

SETTLED_SHOWN = 5

Shown = dict[str, object]


def of_entity(kind: Kind, entity_id: str) -> Mapping[str, Sequence[Shown]]:
    """Returns the conflicts by connection, as the panel's table shows them."""
    found = Conflict.objects.filter(entity_type=kind.value, entity_id=entity_id).select_related("connection")
    shown = defaultdict(list)
    for conflict in [*found.filter(winner=""), *found.exclude(winner="")[:SETTLED_SHOWN]]:
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
