"""Which rows a provider's objects are, as far as it is known while links are still asked for."""

from collections.abc import Collection

from billing.events import Kind
from integrations.models import EntityMapping, ImportRun, LinkCandidate
from integrations.models.link_candidates import LinkChoice


def of(run: ImportRun, kind: Kind, provider_ids: Collection[str]) -> dict[str, str]:
    """The row of each object that is linked, or was said to be it; in a dry run also of what is likely."""
    said = LinkCandidate.objects.filter(run=run, entity_type=kind, provider_entity_id__in=provider_ids)
    said = said.exclude(entity_id="") if run.dry_run else said.filter(choice=LinkChoice.LINK)
    linked = EntityMapping.objects.filter(
        connection_id=run.connection_id, entity_type=kind, provider_entity_id__in=provider_ids
    ).exclude(entity_id="")
    pair = ("provider_entity_id", "entity_id")
    return dict(said.values_list(*pair)) | dict(linked.values_list(*pair))
