"""Which rows an object is not, as a person has said of link candidates: that holds after the import, too."""

from collections.abc import Iterable, Mapping

from integrations.models import LinkCandidate
from integrations.models.imports import LinkingState
from integrations.models.link_candidates import LinkChoice


def rows_of(connection_id: str, kind: str, provider_ids: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """The rows that were kept apart from each object, by its id; what was said last counts.

    What was said in imports that were cancelled before they had used it counts no more.
    """
    found = LinkCandidate.objects.filter(
        run__connection=connection_id,
        run__linking=LinkingState.SETTLED,
        entity_type=kind,
        provider_entity_id__in=set(provider_ids),
    )
    apart: dict[str, frozenset[str]] = {}
    for one in found.exclude(choice="").order_by("decided_at", "id"):
        before = apart.get(one.provider_entity_id, frozenset())
        offered = {row_id for row_id, *_ in one.rows}
        kept = before | offered if one.choice == LinkChoice.APART else before - {one.entity_id}
        apart[one.provider_entity_id] = kept
    return apart
