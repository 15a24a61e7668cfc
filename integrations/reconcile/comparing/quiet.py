"""Whether anything of an entity is under way, or has moved since it was compared: then it proves nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from billing.events import Kind
from billing.persistence.tables import MODELS
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.models.inbound import InboundState
from integrations.models.outbound import OPEN_STATES
from integrations.provider_api import registry

# Of events that wait: how many are read at a time.
CHUNK = 200


@dataclass(frozen=True)
class Looked:
    """What was compared with a page ``asked_at`` that time; ``ids``: on both sides, as far as known."""

    ids: frozenset[str]
    asked_at: datetime

    @property
    def since(self) -> datetime:
        """What has moved from then on may not have been in the page: lists lag, and so do clocks."""
        return self.asked_at - timedelta(seconds=settings.COMPARISON_SETTLE_SECONDS)


@dataclass(frozen=True)
class Quiet:
    """Tells of entities of one kind whether they are at rest.

    It is made before the rows are read that were compared: what is applied in between has moved them.
    ``named``: the provider's ids that waiting events name; see ``named_by_events``.
    """

    connection: Connection
    kind: Kind
    named: frozenset[str]

    def of(self, looked: Sequence[Looked]) -> list[bool]:
        """One answer for each, in a few statements for all of them."""
        if not looked:
            return []
        ids = sorted({one_id for one in looked for one_id in one.ids})
        under_way = self.named | self._under_way(ids)
        moved = self._moved(ids, min(one.since for one in looked))
        return [
            under_way.isdisjoint(one.ids)
            and all(moved[one_id] < one.since for one_id in one.ids if one_id in moved)
            for one in looked
        ]

    def _under_way(self, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        turns = [*ids, *(f"refunds {one}" for one in ids)]
        mine = OutboundSync.objects.filter(connection=self.connection, state__in=OPEN_STATES)
        for row in mine.filter(Q(entity_id__among=ids) | Q(turn__among=turns)).values_list(
            "entity_id", "turn"
        ):
            found |= {row[0], row[1].removeprefix("refunds ")}
        events = InboundEvent.objects.filter(connection=self.connection, state=InboundState.PENDING)
        return found | set(events.filter(object_id__among=ids).values_list("object_id", flat=True))

    def _moved(self, ids: Sequence[str], since: datetime) -> dict[str, datetime]:
        """When each last moved, of those that have since."""
        found: dict[str, datetime] = {}
        for one_id, at in self._movements(ids, since):
            if one_id:
                found[one_id] = max(at, found.get(one_id, at))
        return found

    def _movements(self, ids: Sequence[str], since: datetime) -> Iterator[tuple[str, Any]]:
        mappings = EntityMapping.objects.filter(connection=self.connection, updated_at__gte=since)
        yield from mappings.filter(entity_id__among=ids).values_list("entity_id", "updated_at")
        yield from mappings.filter(provider_entity_id__among=ids).values_list(
            "provider_entity_id", "updated_at"
        )
        rows = MODELS[self.kind]._default_manager.filter(pk__among=ids, updated_at__gte=since)
        yield from rows.order_by().values_list("pk", "updated_at")
        events = InboundEvent.objects.filter(connection=self.connection, received_at__gte=since)
        yield from events.filter(object_id__among=ids).values_list("object_id", "received_at")
        syncs = OutboundSync.objects.filter(connection=self.connection, settled_at__gte=since)
        yield from syncs.filter(entity_id__among=ids).values_list("entity_id", "settled_at")


def named_by_events(connection: Connection) -> frozenset[str]:
    """The provider's ids of all that the events name which wait to be applied."""
    provider = registry.provider(connection.provider)
    waiting = InboundEvent.objects.filter(connection=connection, state=InboundState.PENDING)
    payloads = waiting.order_by().values_list("payload", flat=True).iterator(CHUNK)
    return frozenset(name for payload in payloads for name in provider.names(payload).provider_ids)
