"""Candidates whose row is another object's already: one row has one counterpart at a provider."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from integrations.models import LinkCandidate
from integrations.models.link_candidates import LinkChoice


@dataclass(frozen=True)
class Clash:
    """A candidate that cannot be linked to that row; ``other``: the provider's id of what may be it as well.

    ``is_said``: a person has said so.
    """

    candidate: LinkCandidate
    entity_id: str
    other: str
    is_said: bool

    def __str__(self) -> str:
        one = self.candidate
        whose = f"which {self.other} was said to be" if self.is_said else f"and so may {self.other}"
        return f"{one.provider_entity_id} ({one.pk}) may be {self.entity_id}, {whose}."


def found(candidates: Iterable[LinkCandidate], entity_id: str = "") -> list[Clash]:
    """Those of one import that clash with what was said before, or with each other.

    ``entity_id``: the row that they would be, each its own unless given.
    """
    wanted = [(one, entity_id or one.entity_id) for one in candidates]
    said, asked = _said(wanted), defaultdict[tuple[str, str], set[str]](set)
    for one, row_id in wanted:
        asked[one.entity_type, row_id].add(one.provider_entity_id)
    clashing = []
    for one, row_id in wanted:
        place, own = (one.entity_type, row_id), {one.provider_entity_id}
        known, rivals = said[place] - own, asked[place] - own
        if known or rivals:
            clashing.append(Clash(one, row_id, min(known or rivals), is_said=bool(known)))
    return clashing


def _said(wanted: Iterable[tuple[LinkCandidate, str]]) -> defaultdict[tuple[str, str], set[str]]:
    runs, rows = {one.run_id for one, _ in wanted}, {row_id for _, row_id in wanted}
    said = LinkCandidate.objects.filter(run__in=runs, choice=LinkChoice.LINK, entity_id__in=rows)
    found = defaultdict[tuple[str, str], set[str]](set)
    for one in said:
        found[one.entity_type, one.entity_id].add(one.provider_entity_id)
    return found
