"""Reads all objects of a doubtful kind once, so that not every row needs a look of its own."""

from dataclasses import dataclass, field, replace

from billing.events import Kind
from integrations.connections import doubtful_kinds
from integrations.connections.doubtful_kinds import Doubt
from integrations.models import Connection, EntityMapping
from integrations.outbox import same_email
from integrations.provider_api import Gateway, Json, Linkable, Listing, registry

# More pages of one list than these are too many for a push.
MOST_PAGES = 10


@dataclass(frozen=True)
class _Scan:
    """Ids of the objects by the rows that they name, or by e-mail addresses where they name none."""

    how: Linkable
    environment_id: str
    named: dict[str, str] = field(default_factory=dict)
    alike: dict[str, list[str]] = field(default_factory=dict)

    def read(self, listing: Listing, gateway: Gateway) -> bool:
        """Adds what the list's objects say; returns whether that were all of them."""
        cursor = ""
        for _page in range(MOST_PAGES):
            page = listing.read(gateway, cursor=cursor, since=None)
            for one in page.objects:
                self._add(listing, one)
            cursor = page.cursor
            if not cursor:
                return True
        return False

    def _add(self, listing: Listing, provider_object: Json) -> None:
        marks = self.how.marks(provider_object)
        if not marks.entity_id:
            same_email.add(self.alike, provider_object, listing)
        elif marks.environment_id in ("", self.environment_id):
            self.named.setdefault(marks.entity_id, str(provider_object["id"]))


def resolve(connection: Connection, kind: Kind, doubt: Doubt, gateway: Gateway) -> Doubt:
    """The doubt with what the objects name, noted for all later pushes; its end where they name nothing."""
    scan = _scan(connection, kind, gateway)
    if scan is None:
        found = replace(doubt, is_long=True)
    else:
        known = EntityMapping.objects.filter(
            connection=connection, entity_type=kind, entity_id__in=list(scan.named)
        )
        linked = set(known.values_list("entity_id", flat=True))
        named = {row: there for row, there in scan.named.items() if row not in linked}
        alike = same_email.known_here(connection, scan.alike) if doubt.is_first else {}
        found = replace(doubt, named=named, alike=alike)
    doubtful_kinds.note(connection, kind, found)
    return found


def _scan(connection: Connection, kind: Kind, gateway: Gateway) -> _Scan | None:
    """What they say; None where there are too many, or no lists."""
    provider = registry.provider(connection.provider)
    linkable, listings = provider.links.get(kind), [one for one in provider.listings if one.kind == kind]
    if linkable is None or not listings:
        return None
    scan = _Scan(linkable, connection.environment_id)
    return scan if all(scan.read(listing, gateway) for listing in listings) else None
