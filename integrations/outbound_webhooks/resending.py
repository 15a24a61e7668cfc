"""Sends again: one event, those of a filter, or everything since a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from billing.errors import Conflict, Invalid
from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from integrations.models.webhook_deliveries import DeliveryState
from integrations.outbound_webhooks.changes import of_types
from integrations.queue import dispatch, shared_wakeup

BATCH, MOST = 1000, 100_000
DISABLED = "endpoint_disabled"
_QUEUED = ("state", "attempts", "next_attempt_at", "last_error", "settled_at")


@dataclass(frozen=True)
class Wanted:
    """Which events, at least one of these: by id, or changed from ``since`` on and before ``until``.

    ``types``: only these of those that the endpoint wants. ``state``: only those whose delivery to it is so.
    """

    ids: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None
    types: Sequence[str] = ()
    object_id: str = ""
    state: str = ""


@transaction.atomic
def resend(endpoint_id: str, wanted: Wanted, now: datetime) -> int:
    """Queues the events again, in their order; returns how many.

    Raises Conflict for an endpoint that is disabled, Invalid for no filter, for unknown ids and for too many.
    """
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id, deleted_at=None)
    if not endpoint.enabled:
        raise Conflict("The endpoint is disabled. Enable it first.", code=DISABLED)
    found = _events(endpoint, wanted)
    count = found.count()
    if count > MOST:
        raise Invalid.of({"until": f"These are {count} events, at most {MOST} are sent again at once."})
    if wanted.ids and (unknown := set(wanted.ids) - set(found.values_list("pk", flat=True))):
        raise Invalid.of({"event_ids": f"There is no such event: {min(unknown)}."})
    for batch in _batches(found.order_by("position").iterator(BATCH)):
        WebhookDelivery.objects.bulk_create(
            [_delivery(endpoint, event, now) for event in batch],
            update_conflicts=True,
            unique_fields=["endpoint", "event"],
            update_fields=_QUEUED,
        )
    WebhookEndpoint.objects.filter(pk=endpoint_id).update(next_attempt_at=None)
    shared_wakeup.notify(dispatch.DELIVER_WEBHOOKS)
    return count


def _events(endpoint: WebhookEndpoint, wanted: Wanted) -> QuerySet[WebhookEvent]:
    if not (wanted.ids or wanted.since or wanted.object_id or wanted.state):
        raise Invalid.of({"since": "Say which: event_ids, since, object_id or state."})
    found = WebhookEvent.objects.filter(environment_id=endpoint.environment_id).defer("data")
    if wanted.ids:
        found = found.filter(pk__in=wanted.ids)
    elif endpoint.event_types:
        found = found.filter(of_types(endpoint.event_types))
    if wanted.types:
        found = found.filter(of_types(wanted.types))
    for name in ("since", "until"):
        if at := getattr(wanted, name):
            found = found.filter(**{f"created_at__{'gte' if name == 'since' else 'lt'}": at})
    if wanted.object_id:
        found = found.filter(object_id=wanted.object_id)
    if wanted.state:
        found = found.filter(deliveries__endpoint=endpoint, deliveries__state=wanted.state)
    return found


def _batches(events: Iterator[WebhookEvent]) -> Iterator[list[WebhookEvent]]:
    while batch := list(islice(events, BATCH)):
        yield batch


def _delivery(endpoint: WebhookEndpoint, event: WebhookEvent, now: datetime) -> WebhookDelivery:
    return WebhookDelivery(
        endpoint=endpoint,
        event=event,
        position=event.position,
        object_id=event.object_id,
        state=DeliveryState.PENDING,
        next_attempt_at=now,
    )
