"""What one side lacks may be what the other side has: a person says so before it is doubled."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from billing.events import Kind
from integrations.models import Connection, EntityMapping, Finding
from integrations.models.findings import ONE_SIDED, FindingKind, FindingState, Suggestion
from integrations.provider_api import Json, Listing, registry
from integrations.reconcile.comparing.differences import LACKING, Difference
from integrations.reconcile.linking import likeness
from integrations.reconcile.linking.rows import NAMINGS

# How many are named.
SHOWN = 3
_MAY_BE = "It may be {}, which the other side has: link the two. If it is not, accept it, and then {} it."
_TAKEN = (
    "It may be {}, which is linked to {} already ({}): relink that mapping to it, or unlink it and then link the two. If"
    " it is not, accept it, and then {} it."
)


@dataclass(frozen=True)
class Known:
    """Of twins: which a person has said to be others, and the mapping of each that is linked, by its id."""

    is_two: Collection[str]
    taken: Mapping[str, EntityMapping]

    def left(self, twins: Iterable[str]) -> list[str]:
        """Those that it may be, those first that can be linked at once."""
        found = (id for id in dict.fromkeys(twins) if id not in self.is_two)
        return sorted(found, key=lambda id: id in self.taken)


def of_there(
    connection: Connection, kind: Kind, found: Sequence[Difference], shown: Mapping[str, Json]
) -> list[Difference]:
    """The differences; those of objects that are not here with the rows that they may be.

    ``shown``: the objects by their ids.
    """
    listing = _listing(connection, kind)
    missing = [one for one in found if one.kind == FindingKind.ONLY_THERE]
    if listing is None or not missing:
        return list(found)
    ids = [one.provider_entity_id for one in missing]
    like = likeness.of_objects(connection, listing, {id: shown[id] for id in ids})
    twins = {one.key: like[one.provider_entity_id] for one in missing}
    known = of_twins(connection.pk, kind, (id for one in twins.values() for id in one.row_ids))
    return [
        _told(one, twins[one.key].row_ids, known, is_known=twins[one.key].is_known)
        if one.key in twins
        else one
        for one in found
    ]


def of_here(connection: Connection, kind: Kind, found: Sequence[Difference]) -> list[Difference]:
    """Rows that are not there, with the objects that they may be."""
    listing = _listing(connection, kind)
    if listing is None or not found:
        return list(found)
    ids = [one.entity_id for one in found]
    like, given = likeness.of_rows(connection, listing, ids), likeness.given(listing, ids)
    twins = {id: list(like.get(id, ())) for id in ids}
    for object_id, row_ids in _one_sided(connection.pk, kind, ids).values_list("provider_entity_id", "twins"):
        for id in twins.keys() & set(row_ids):
            twins[id].append(object_id)
    known = of_twins(connection.pk, kind, (one for each in twins.values() for one in each))
    return [
        _told(one, [id for id in twins[one.entity_id] if id != given.get(one.entity_id)], known)
        for one in found
    ]


def follow(changed: Collection[Finding]) -> None:
    """Findings were accepted, or opened again: says so of those that wait for the answer."""
    for (connection_id, kind), ids in _by_place(changed).items():
        waiting = _one_sided(connection_id, kind, ids).select_for_update()
        found = list(waiting.filter(state=FindingState.OPEN))
        known = of_twins(connection_id, kind, (id for one in found for id in one.twins))
        for one in found:
            one.suggested, one.why = judged(FindingKind(one.kind), one.twins, known)
        Finding.objects.bulk_update(found, ["suggested", "why"], batch_size=500)


def accepted(connection_id: str, kind: str, ids: Iterable[str]) -> set[str]:
    """Which of those a person has said to be one of its own."""
    wanted = set(ids)
    if not wanted:
        return set()
    found = Finding.objects.filter(
        connection=connection_id, entity_type=kind, kind__in=ONE_SIDED, state=FindingState.ACCEPTED
    )
    named = found.values_list("entity_id", "provider_entity_id")
    return {id for pair in named for id in pair if id in wanted}


def of_twins(connection_id: str, kind: str, ids: Iterable[str]) -> Known:
    """What is known of those, which are rows or objects."""
    wanted = set(ids)
    mapped = EntityMapping.objects.filter(connection=connection_id, entity_type=kind).exclude(entity_id="")
    mapped = (
        mapped.filter(Q(entity_id__in=wanted) | Q(provider_entity_id__in=wanted)) if wanted else mapped.none()
    )
    taken = {id: one for one in mapped for id in (one.entity_id, one.provider_entity_id) if id in wanted}
    return Known(accepted(connection_id, kind, wanted), taken)


def judged(kind: FindingKind, twins: Iterable[str], known: Known) -> tuple[str, str]:
    """What is suggested of what one side lacks, and why."""
    repair, why = LACKING[kind]
    left = known.left(twins)
    if not left:
        return repair.value, why
    if free := [id for id in left if id not in known.taken]:
        return Suggestion.LINK.value, _MAY_BE.format(", ".join(free[:SHOWN]), repair)
    mapping = known.taken[left[0]]
    other = mapping.provider_entity_id if left[0] == mapping.entity_id else mapping.entity_id
    return Suggestion.LINK.value, _TAKEN.format(left[0], other, mapping.pk, repair)


def _told(one: Difference, twins: Iterable[str], known: Known, *, is_known: bool = False) -> Difference:
    """``is_known``: an import links it by an id."""
    twins = list(dict.fromkeys(twins))
    suggested, why = judged(one.kind, () if is_known else twins, known)
    if suggested != Suggestion.LINK:
        return replace(one, twins=twins)
    return replace(one, twins=twins, suggested=suggested, why=why)


def _one_sided(connection_id: str, kind: str, twins: Collection[str]) -> QuerySet[Finding]:
    """Findings of what one side lacks, and what may be one of those ``twins``."""
    found = Finding.objects.filter(connection=connection_id, entity_type=kind, kind__in=ONE_SIDED)
    return found.filter(state=FindingState.OPEN, twins__has_any_keys=list(twins))


def _by_place(changed: Iterable[Finding]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in changed:
        if one.kind in ONE_SIDED:
            ids = found.setdefault((one.connection_id, one.entity_type), [])
            ids.append(one.entity_id or one.provider_entity_id)
    return found


def _listing(connection: Connection, kind: Kind) -> Listing | None:
    """How its objects are read, of a kind that both sides may have had before."""
    if kind not in NAMINGS:
        return None
    listings = registry.provider(connection.provider).listings
    return next((one for one in listings if one.kind == kind and one.clues), None)
