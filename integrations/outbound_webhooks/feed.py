"""Publishes what the audit holds: an event for each entry, numbered by one publisher at a time."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from billing.models import AuditEntry
from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookFeed
from integrations.outbound_webhooks import entries
from integrations.outbound_webhooks.event_types import event_type
from integrations.queue import dispatch, shared_wakeup

# Entries published in one transaction.
BATCH = 500


def publish_all(*, seconds: float) -> bool:
    """Publishes what there is, for so long; returns whether there may be more."""
    ends_at = time.monotonic() + seconds
    while publish(timezone.now()) == BATCH:
        if time.monotonic() > ends_at:
            return True
    return False


def publish(now: datetime) -> int:
    """Publishes the next entries, and queues their events for the endpoints that want them; returns how many.

    None while another publisher is at work.
    """
    with transaction.atomic():
        feed = _locked()
        if feed is None:
            return 0
        settled = entries.is_settled(feed)
        found = entries.unpublished(feed, BATCH)
        events = _events(found, feed)
        WebhookEvent.objects.bulk_create(events)
        if deliveries := _deliveries(events, now):
            WebhookDelivery.objects.bulk_create(deliveries)
            shared_wakeup.notify(dispatch.DELIVER_WEBHOOKS)
        before = _state(feed)
        feed.position += len(events)
        entries.move(feed, found, BATCH, settled=settled)
        if _state(feed) != before:
            feed.save()
    return len(events)


def _locked() -> WebhookFeed | None:
    WebhookFeed.objects.get_or_create(pk=1)
    return WebhookFeed.objects.select_for_update(skip_locked=True).filter(pk=1).first()


def _state(feed: WebhookFeed) -> tuple[int, ...]:
    return feed.position, feed.published_to, feed.seen_entry, feed.seen_transaction


def _events(found: Sequence[AuditEntry], feed: WebhookFeed) -> list[WebhookEvent]:
    sequences = _sequences({entry.row_id for entry in found})
    events = []
    for position, entry in enumerate(found, feed.position + 1):
        sequences[entry.row_id] += 1
        events.append(
            WebhookEvent(
                environment_id=entry.environment_id,
                position=position,
                entry_id=entry.pk,
                type=event_type(entry.kind, entry.action, entry.changes),
                object_type=entry.kind,
                object_id=entry.row_id,
                sequence=sequences[entry.row_id],
                action=entry.action,
                changes=entry.changes,
                actor_type=entry.actor_type,
                request_id=entry.request_id,
                created_at=entry.at,
            )
        )
    return events


def _sequences(object_ids: Iterable[str]) -> defaultdict[str, int]:
    """The sequence of the newest event of each object, 0 for one without."""
    known = WebhookEvent.objects.filter(object_id__in=list(object_ids)).order_by()
    newest = known.values_list("object_id").annotate(newest=Max("sequence"))
    return defaultdict(int, newest)


def _deliveries(events: Sequence[WebhookEvent], now: datetime) -> list[WebhookDelivery]:
    environments = {event.environment_id for event in events}
    live = WebhookEndpoint.objects.filter(environment_id__in=environments, enabled=True, deleted_at=None)
    by_environment = defaultdict(list)
    for endpoint in live if environments else ():
        by_environment[endpoint.environment_id].append(endpoint)
    return [
        WebhookDelivery(
            endpoint=endpoint,
            event=event,
            position=event.position,
            object_id=event.object_id,
            next_attempt_at=now,
        )
        for event in events
        for endpoint in by_environment[event.environment_id]
        if endpoint.wants(event.type)
    ]
