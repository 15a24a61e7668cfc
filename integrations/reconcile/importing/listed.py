"""What a handler may ask for while it applies an object of a list: as for an answer, which may be older."""

from datetime import datetime

from billing.events import Kind
from integrations.inbox.context import CLOCKS_DIFFER, LOOKED_AT
from integrations.inbox.observations import Observation
from integrations.inbox.provider_reads import Query
from integrations.mappings import bases
from integrations.provider_api import Freshness, Json, Listing, registry


class Listed(Observation):
    """An object of a page that was asked for at ``created``, by the database's clock."""

    def is_outdated(self, listing: Listing, provider_object: Json) -> bool:
        """Whether the page may be older than what is known of the object, and says something else."""
        kind = listing.kind
        recorded_at = self._recorded_at(kind, provider_object["id"])
        if recorded_at is None or recorded_at < self.created:
            return False
        mergeable = registry.provider(self._connection.provider).mergeables.get(kind)
        if mergeable is None:
            return True
        current = mergeable.current({"data": {"object": provider_object}})
        notes = self._mappings.notes_of(kind, provider_object["id"])
        return bases.differs(notes, current, mergeable) or listing.is_news(notes, provider_object)

    def read_current(self, listing: Listing, provider_id: str) -> Json:
        """The object, read after all that is recorded of it; raises ResponseNeeded, or Missing."""
        known = str(self._recorded_at(listing.kind, provider_id))
        return self._response(Query.of(listing.retrieve, provider_id, listing.params, known=known))

    def note(self, kind: Kind, entity_id: str, provider_id: str) -> None:
        """Records of an object that has changed something here that it was looked at.

        Events from before, which may come late, change nothing then.
        """
        self._mappings.annotate(kind, entity_id, {LOOKED_AT: self.created.isoformat()})
        self._mappings.observe(kind, provider_id, self.created - CLOCKS_DIFFER, 1, "")

    def _recorded_at(self, kind: Kind, provider_id: str) -> datetime | None:
        return self._mappings.recorded_at(kind, provider_id)

    def _observe(self, kind: Kind, provider_id: str, rank: int) -> Freshness:
        is_gone = self._mappings.is_gone(kind, provider_id)
        return Freshness.STALE if is_gone else Freshness.FRESH
