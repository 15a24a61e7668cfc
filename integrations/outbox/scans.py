"""Reads all objects of a doubtful kind once, so that not every row needs a look of its own."""

from dataclasses import replace

from billing.events import Kind
from integrations.connections import doubtful_kinds
from integrations.connections.doubtful_kinds import Doubt
from integrations.models import Connection, EntityMapping
from integrations.provider_api import Gateway, Linkable, Listing, registry

# More pages of one list than these are too many for a push.
MOST_PAGES = 10


def resolve(connection: Connection, kind: Kind, doubt: Doubt, gateway: Gateway) -> Doubt:
    """The doubt with what the objects name, noted for all later pushes; its end where they name nothing."""
    named = _named(connection, kind, gateway)
    found = replace(doubt, named=named, is_long=named is None)
    if named:
        known = EntityMapping.objects.filter(connection=connection, entity_type=kind, entity_id__in=named)
        linked = set(known.values_list("entity_id", flat=True))
        found = replace(found, named={row: there for row, there in named.items() if row not in linked})
    doubtful_kinds.note(connection, kind, found)
    return found


def _named(connection: Connection, kind: Kind, gateway: Gateway) -> dict[str, str] | None:
    """The provider's ids by the rows that the objects name; None where there are too many, or no lists."""
    provider = registry.provider(connection.provider)
    linkable, listings = provider.links.get(kind), [one for one in provider.listings if one.kind == kind]
    if linkable is None or not listings:
        return None
    found: dict[str, str] = {}
    for listing in listings:
        if not _read(listing, gateway, found, linkable, connection.environment_id):
            return None
    return found


def _read(
    listing: Listing, gateway: Gateway, found: dict[str, str], linkable: Linkable, environment_id: str
) -> bool:
    """Adds what the list's objects name; returns whether that were all of them."""
    cursor = ""
    for _page in range(MOST_PAGES):
        page = listing.read(gateway, cursor=cursor, since=None)
        for one in page.objects:
            marks = linkable.marks(one)
            if marks.entity_id and marks.environment_id in ("", environment_id):
                found.setdefault(marks.entity_id, str(one["id"]))
        cursor = page.cursor
        if not cursor:
            return True
    return False
