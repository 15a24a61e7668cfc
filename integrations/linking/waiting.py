"""What waited for a mapping, or may have: it goes on once a person has changed that."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from integrations.inbox import processing
from integrations.linking.pairs import Pair
from integrations.models import InboundEvent, OutboundSync
from integrations.models.inbound import InboundState
from integrations.outbox import obstacles


def found(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    """The ids of what goes on, by kind of work."""
    pairs = list(pairs)
    return {
        "syncs": [sync.pk for pair in pairs[:1] for sync in _syncs(pair, pairs)],
        "events": [event.pk for pair in pairs[:1] for event in _events(pair, pairs)],
    }


def go_on(pairs: Iterable[Pair], now: datetime) -> None:
    """Tries it again, from the transaction that changes the mapping; workers begin once that is committed."""
    pairs = list(pairs)
    for sync in _syncs(pairs[0], pairs).select_for_update():
        obstacles.go_on(sync, now)
    processing.replay([event.pk for event in _events(pairs[0], pairs)], now)


def _ids(pairs: list[Pair]) -> list[str]:
    return [one for pair in pairs for one in (pair.entity_id, pair.provider_id)]


def _syncs(pair: Pair, pairs: list[Pair]) -> QuerySet[OutboundSync]:
    rows = [one.entity_id for one in pairs]
    return obstacles.of_mapping(pair.connection.pk, pair.kind, rows, _ids(pairs))


def _events(pair: Pair, pairs: list[Pair]) -> QuerySet[InboundEvent]:
    """Dead and waiting events of the objects, and those whose reason names one of the two sides."""
    named = Q(object_id__in=[one.provider_id for one in pairs])
    for one in _ids(pairs):
        named |= Q(reason__contains=one)
    stopped = InboundEvent.objects.filter(
        connection=pair.connection,
        state__in=(InboundState.DEAD, InboundState.PENDING),
        pruned_at__isnull=True,
    )
    return stopped.filter(named).defer("payload").order_by("pk")
