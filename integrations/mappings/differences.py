"""Fields of a mapping that differ and stay so: what one of the sides cannot hold, and why."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from billing.events import Kind
from integrations.errors import Rejected
from integrations.mappings.bases import APART, place_of
from integrations.models import Conflict, EntityMapping
from integrations.provider_api import LAST_KNOWN, UNSENT, Fields, Mergeable, registry, value_of

OPEN = (
    "Both sides changed it: the conflict is open until a person decides it, or either side changes it again."
)
SINCE_LINKED = "Both sides have had their own value since they were linked."


@dataclass(frozen=True)
class Difference:
    """One field, by the name of the provider's parameter, with both values (None: nothing)."""

    field: str
    ours: Any
    theirs: Any
    reason: str


def with_conflicts(mappings: QuerySet[EntityMapping]) -> QuerySet[EntityMapping]:
    """The mappings with the fields of their open conflicts, which ``differences`` needs."""
    same = {name: OuterRef(name) for name in ("connection_id", "entity_type", "entity_id")}
    conflicts = Conflict.objects.filter(winner="", **same).order_by("field").values("field")
    return mappings.annotate(open_conflicts=ArraySubquery(conflicts))


def differences(mapping: EntityMapping) -> list[Difference]:
    """Those of a mapping, as both sides are now; of what did not differ, what is to be sent is none.

    Of mappings ``with_conflicts`` the row is all that is read, and only where there are any.
    """
    provider = registry.providers().get(mapping.connection.provider)
    mergeable = provider.mergeables.get(Kind(mapping.entity_type)) if provider else None
    apart, unsent = mapping.metadata.get(APART), mapping.metadata.get(UNSENT)
    if mergeable is None or not (apart or unsent):
        return []
    theirs = mergeable.fields(mapping.metadata.get(LAST_KNOWN) or {})
    found = [*_kept(mapping, mergeable, theirs), *_left_out(unsent or {}, theirs)]
    return sorted(found, key=lambda one: one.field)


def _kept(mapping: EntityMapping, mergeable: Mergeable, theirs: Fields) -> Iterator[Difference]:
    """What is kept as the provider's."""
    apart = mapping.metadata.get(APART)
    if not apart:
        return
    conflicts, row = _open_conflicts(mapping), _row(mapping, mergeable)
    for name, then in apart.items():
        ours, value = then if row is None else value_of(row, name), theirs.get(name)
        if ours != value and not mergeable.is_reserved(name):
            yield Difference(name, ours, value, _reason(mergeable, name, value, conflicts))


def _row(mapping: EntityMapping, mergeable: Mergeable) -> Fields | None:
    """What the row holds, None where it cannot be said as the provider would have it."""
    if not mapping.entity_id:
        return None
    try:
        place = place_of(mapping.connection, mapping.metadata)
        return mergeable.fields(mergeable.desired(place, mapping.entity_id))
    except (LookupError, Rejected):
        return None


def _left_out(unsent: Mapping[str, Any], theirs: Fields) -> Iterator[Difference]:
    """What the provider could not take, unless it was changed there since: then it is merged."""
    for name, (ours, then, why) in unsent.items():
        if (theirs.get(name) or None) == (then or None):
            yield Difference(name, ours, theirs.get(name), why)


def _open_conflicts(mapping: EntityMapping) -> Collection[str]:
    known: Collection[str] | None = getattr(mapping, "open_conflicts", None)
    if known is not None:
        return known
    found: Any = with_conflicts(EntityMapping.objects.filter(pk=mapping.pk)).first()
    return list(found.open_conflicts) if found else ()


def _reason(mergeable: Mergeable, name: str, theirs: Any, conflicts: Collection[str]) -> str:
    return OPEN if name in conflicts else mergeable.unheld(name, theirs) or SINCE_LINKED
