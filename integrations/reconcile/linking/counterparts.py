"""Which rows a provider's objects are, as far as it is known while links are still asked for."""

from collections.abc import Callable, Collection, Mapping

from billing.events import Kind
from integrations.models import EntityMapping, ImportRun, LinkCandidate
from integrations.models.link_candidates import LinkChoice

_PAIR = ("provider_entity_id", "entity_id")
# The rows of a provider's objects of a kind, by the objects' ids.
Known = Callable[[Kind, Collection[str]], Mapping[str, str]]


def of(run: ImportRun, kind: Kind, provider_ids: Collection[str]) -> dict[str, str]:
    """The row of each object that is linked, or was said to be it; in a dry run also of what is likely."""
    said = LinkCandidate.objects.filter(run=run, entity_type=kind, provider_entity_id__in=provider_ids)
    said = said.exclude(entity_id="") if run.dry_run else said.filter(choice=LinkChoice.LINK)
    return dict(said.values_list(*_PAIR)) | linked(run.connection_id, kind, provider_ids)


def linked(connection_id: str, kind: Kind, provider_ids: Collection[str]) -> dict[str, str]:
    """The row of each object that is linked."""
    found = EntityMapping.objects.filter(
        connection_id=connection_id, entity_type=kind, provider_entity_id__in=provider_ids
    )
    return dict(found.exclude(entity_id="").values_list(*_PAIR))
