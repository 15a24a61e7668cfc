"""What a repair makes beside its own: what a row or an object belongs to, and the other side lacks as well.

Where that waits for a link, so does all that belongs to it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q, QuerySet

from billing.events import Kind
from integrations.errors import SyncError
from integrations.models import EntityMapping, Finding
from integrations.models.findings import ONE_SIDED, FindingKind, FindingState, Suggestion
from integrations.provider_api import Comparable, Json
from integrations.reconcile.comparing import parents, twins
from integrations.reconcile.comparing.differences import LACKING, Difference

_WAITS = (
    "Its {} {} ({}) may be {}, which the other side has: link the two first. If it is not, accept it, and then"
    " {} this."
)
# "customer:cust_1", or "customer:cus_1": on the side of the finding.
Name = str


def of_rows(connection_id: str, kind: Kind, row_ids: Collection[str]) -> dict[str, list[Name]]:
    """What pushes of those rows make beside them, by the rows' ids."""
    return _lacking(connection_id, parents.of_rows(kind, row_ids))


def of_objects(
    connection_id: str, comparable: Comparable, objects: Mapping[str, Json]
) -> dict[str, list[Name]]:
    """What is brought here beside those objects when they are taken, by their ids."""
    belongs = {provider_id: _belongs(comparable, one) for provider_id, one in objects.items()}
    return _lacking(connection_id, belongs)


def told(connection_id: str, found: Sequence[Difference]) -> list[Difference]:
    """The differences; what one side lacks waits with what it belongs to."""
    named = {name for one in found if one.kind in ONE_SIDED for name in one.belongs_to}
    why = waiting(connection_id, named)
    return [_told(one, why) if one.kind in ONE_SIDED else one for one in found]


def waiting(connection_id: str, names: Collection[Name]) -> dict[Name, str]:
    """Which of those wait for a link, and what to do about it: "{}" stands for the repair."""
    found: dict[Name, str] = {}
    for kind, ids in _by_kind(names).items():
        left = _unlinked(connection_id, kind, ids) - twins.accepted(connection_id, kind, ids)
        # Its own finding says it best.
        asked = sorted(
            _asked(connection_id, kind, left) if left else (), key=lambda one: _own(one) not in left
        )
        free = _unlinked(connection_id, kind, {_own(one) for one in asked})
        for one in asked:
            for id in left & {_own(one), *one.twins} if _own(one) in free else ():
                found.setdefault(f"{kind}:{id}", _text(one, id))
    return found


def own_findings(connection_id: str, names: Collection[Name]) -> list[Finding]:
    """Open findings of those, which one side lacks."""
    found = _one_sided(connection_id).select_related("connection")
    by_kind = _by_kind(names).items()
    return [one for kind, ids in by_kind for one in found.filter(_is_of(ids), entity_type=kind)]


def follow(changed: Iterable[Finding]) -> None:
    """Findings were accepted, or opened again: says so of those that belong to what they are about."""
    names = defaultdict[str, set[Name]](set)
    for one in changed:
        names[one.connection_id].update(f"{one.entity_type}:{id}" for id in (_own(one), *one.twins))
    for connection_id, wanted in names.items():
        belonging = _one_sided(connection_id).filter(belongs_to__has_any_keys=sorted(wanted))
        found = list(belonging.select_for_update())
        why = waiting(connection_id, {name for one in found for name in one.belongs_to})
        for one in found:
            one.suggested, one.why = _judged(one, why)
        Finding.objects.bulk_update(found, ["suggested", "why"], batch_size=500)


def first_of(why: Mapping[Name, str], names: Iterable[Name], kind: str) -> str:
    """The first reason, for a finding of that kind, "" for none."""
    text = next((why[name] for name in names if name in why), "")
    repair = LACKING[FindingKind(kind)][0] if kind in ONE_SIDED else "repair"
    return text.replace("{}", str(repair))


def _told(one: Difference, why: Mapping[Name, str]) -> Difference:
    text = first_of(why, one.belongs_to, one.kind)
    if not text or one.suggested == Suggestion.LINK:
        return one
    return replace(one, suggested=Suggestion.LINK.value, why=text)


def _judged(one: Finding, why: Mapping[Name, str]) -> tuple[str, str]:
    known = twins.of_twins(one.connection_id, one.entity_type, one.twins)
    suggested, reason = twins.judged(FindingKind(one.kind), one.twins, known)
    is_link = one.suggested == Suggestion.LINK
    if is_link and suggested == Suggestion.LINK:
        return suggested, reason
    if text := first_of(why, one.belongs_to, one.kind):
        return Suggestion.LINK.value, text
    return (suggested, reason) if is_link else (one.suggested, one.why)


def _belongs(comparable: Comparable, provider_object: Json) -> set[tuple[str, str]]:
    try:
        return {*comparable.belongs(provider_object)}
    except SyncError:
        # What cannot be read is not taken either: taking it says why.
        return set()


def _lacking(connection_id: str, named: Mapping[str, Collection[tuple[str, str]]]) -> dict[str, list[Name]]:
    """Those without a counterpart."""
    every = {f"{kind}:{id}" for pairs in named.values() for kind, id in pairs if id}
    by_kind = _by_kind(every).items()
    left = {f"{kind}:{id}" for kind, ids in by_kind for id in _unlinked(connection_id, kind, ids)}
    return {
        own: sorted({f"{kind}:{id}" for kind, id in pairs} & left) for own, pairs in named.items() if pairs
    }


def _unlinked(connection_id: str, kind: str, ids: Collection[str]) -> set[str]:
    mapped = EntityMapping.objects.filter(connection_id=connection_id, entity_type=kind)
    mapped = mapped.filter(Q(entity_id__in=list(ids)) | Q(provider_entity_id__in=list(ids)))
    pairs = mapped.values_list("entity_id", "provider_entity_id")
    return {*ids} - {id for pair in pairs for id in pair}


def _asked(connection_id: str, kind: str, ids: Collection[str]) -> QuerySet[Finding]:
    """The findings that ask whether one of those is another."""
    asked = _one_sided(connection_id).filter(entity_type=kind, suggested=Suggestion.LINK).exclude(twins=[])
    return asked.filter(_is_of(ids) | Q(twins__has_any_keys=list(ids)))


def _one_sided(connection_id: str) -> QuerySet[Finding]:
    return Finding.objects.filter(connection=connection_id, kind__in=ONE_SIDED, state=FindingState.OPEN)


def _is_of(ids: Collection[str]) -> Q:
    return Q(entity_id__in=list(ids)) | Q(provider_entity_id__in=list(ids))


def _own(finding: Finding) -> str:
    return finding.entity_id or finding.provider_entity_id


def _text(finding: Finding, id: str) -> str:
    others = finding.twins[: twins.SHOWN] if id == _own(finding) else [_own(finding)]
    label = finding.label.replace("{", "(").replace("}", ")")
    return _WAITS.format(finding.entity_type.replace("_", " "), label, id, ", ".join(others), "{}")


def _by_kind(names: Iterable[Name]) -> dict[str, set[str]]:
    found = defaultdict[str, set[str]](set)
    for name in names:
        kind, _, id = name.partition(":")
        found[kind].add(id)
    return found
