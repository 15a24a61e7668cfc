"""What an import would do with the objects of a page, without doing it."""

from collections.abc import Sequence
from functools import partial

from billing.events import Kind
from integrations.mappings import bases
from integrations.mappings.session import MappingSession
from integrations.models.imports import ImportOutcome
from integrations.provider_api import Json, registry
from integrations.reconcile.importing.batch import Objects
from integrations.reconcile.importing.results import LONGEST_LABEL, Result


def of(objects: Objects, page: Sequence[Json]) -> list[Result]:
    """One result for each object."""
    session = MappingSession(objects.connection.pk)
    session.load([str(one["id"]) for one in page], locked=[str(one["id"]) for one in page])
    return [_of(objects, session, one) for one in page]


def _of(objects: Objects, session: MappingSession, provider_object: Json) -> Result:
    provider_id, kind = str(provider_object["id"]), objects.listing.kind
    label = objects.listing.label(provider_object)[:LONGEST_LABEL]
    told = partial(Result, provider_id, label)
    if session.is_unlinked(kind, provider_id):
        return told(ImportOutcome.REFUSED, "A person has unlinked it: only a person links it again.")
    entity_id = session.entity_id_of(kind, provider_id)
    if entity_id is None:
        return told(_of_new(objects, provider_object))
    mergeable = registry.provider(objects.connection.provider).mergeables.get(kind)
    current = mergeable.current({"data": {"object": provider_object}}) if mergeable else {}
    notes = session.notes_of(kind, provider_id)
    differs = mergeable is not None and bases.differs(notes, current, mergeable)
    return told(ImportOutcome.CHANGED if differs else ImportOutcome.EQUAL, entity_id=entity_id)


def _of_new(objects: Objects, provider_object: Json) -> ImportOutcome:
    """Linked where its metadata names a row of this environment."""
    if not objects.listing.is_wanted(provider_object):
        return ImportOutcome.EQUAL
    how = registry.provider(objects.connection.provider).links.get(Kind(objects.listing.kind))
    marks = how.marks(provider_object) if how else None
    if marks is None:
        return ImportOutcome.MADE
    if marks.environment_id not in ("", objects.connection.environment_id):
        return ImportOutcome.REFUSED
    return ImportOutcome.LINKED if marks.entity_id else ImportOutcome.MADE
