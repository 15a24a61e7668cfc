"""Answers billing for the providers: which rows have lost their object there, and has others made."""

from collections.abc import Sequence

from django.utils import timezone

from billing.events import Kind
from integrations.linking import changes, gone_choices, pairs
from integrations.linking.pairs import Deed
from integrations.mappings.gone import described
from integrations.models import EntityMapping
from integrations.models.connections import ConnectionStatus
from integrations.models.mappings import GoneChoice


class MappedCounterparts:
    """billing.services.counterparts.Counterparts, by the mappings of connections that were not deleted."""

    def gone(self, kind: Kind, row_id: str) -> str:
        """Says which objects of the row are gone, and since when; inside a transaction that stays so."""
        found = _gone(kind, row_id)
        for mapping in found:
            changes.lock([pairs.of_mapping(mapping)])
        return " ".join(described(mapping) for mapping in found)

    def make_anew(self, kind: Kind, row_id: str, *, done_by: str, reason: str) -> None:
        """Chooses ``create_anew`` for each of them."""
        deed = Deed(done_by, reason)
        for mapping in _gone(kind, row_id):
            gone_choices.decide(pairs.of_mapping(mapping), GoneChoice.CREATE_ANEW, deed, timezone.now())


def _gone(kind: Kind, row_id: str) -> Sequence[EntityMapping]:
    found = EntityMapping.objects.filter(gone_at__isnull=False, entity_type=kind, entity_id=row_id)
    there = found.exclude(connection__status=ConnectionStatus.ARCHIVED)
    return list(there.select_related("connection").order_by("pk"))
