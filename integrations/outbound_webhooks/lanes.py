"""Lanes: an endpoint with what is sent to it, in order for each object, by one worker at a time."""

from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.errors import Invalid
from billing.models import Environment
from integrations.db import leases
from integrations.db.encryption import NoKeyOpens
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.models.webhook_deliveries import DeliveryState
from integrations.outbound_webhooks import network, objects, schedule
from integrations.outbound_webhooks.requests import TOTAL_SECONDS, Route

# A worker that gives no sign of life for so long has died; longer than any request.
LEASE = timedelta(seconds=2 * TOTAL_SECONDS)
# Deliveries read at once, and how many requests one endpoint gets at once, each of another object: so many
# that their times add up to the share (seconds), whatever each takes. A slow endpoint slows no other.
READ_AHEAD, AT_ONCE, SHARE = 100, 20, 5.0


@dataclass
class Lane:
    """``waiting``: read and not begun. ``busy``: the objects whose deliveries are under way.

    ``seconds``: what the newest answer took.
    """

    endpoint: WebhookEndpoint
    route: Route
    secrets: list[str]
    headers: dict[str, str]
    waiting: deque[WebhookDelivery] = field(default_factory=deque)
    busy: set[str] = field(default_factory=set)
    seconds: float = 0.0
    is_over: bool = False

    @property
    def room(self) -> int:
        """How many more requests may be made now."""
        if self.is_over:
            return 0
        if self.endpoint.failures >= schedule.PATIENCE:
            return 1 - len(self.busy)
        return max(1, min(AT_ONCE, int(SHARE / max(self.seconds, 0.001)))) - len(self.busy)

    def follow(self, endpoint: WebhookEndpoint | None, now: datetime) -> None:
        """Takes the endpoint as it is now; None where nothing is to be sent to it any more."""
        if endpoint is None or (endpoint.next_attempt_at is not None and endpoint.next_attempt_at > now):
            self.is_over = True
        else:
            self.endpoint = endpoint

    def next(self) -> WebhookDelivery | None:
        """Takes the first delivery whose object is not under way; None when there is none, or no room."""
        if self.room <= 0:
            return None
        for delivery in self.waiting:
            if delivery.object_id not in self.busy:
                self.waiting.remove(delivery)
                self.busy.add(delivery.object_id)
                return delivery
        return None

    def drop(self, object_id: str) -> None:
        """Leaves what is next of an object in the database: what is before it has failed."""
        self.waiting = deque(one for one in self.waiting if one.object_id != object_id)


def take(holder: str, most: int, now: datetime) -> list[Lane]:
    """Leases endpoints for which something is due, at most so many."""
    with transaction.atomic():
        free = _due(now).filter(leases.free(now)).select_for_update(skip_locked=True, of=("self",))
        endpoints = list(free.select_related("environment").order_by("?")[:most])
        ids = [endpoint.pk for endpoint in endpoints]
        WebhookEndpoint.objects.filter(pk__in=ids).update(lease_holder=holder, leased_until=now + LEASE)
    return [lane for endpoint in endpoints if (lane := _open(endpoint, now))]


def is_due(now: datetime) -> bool:
    """Whether anything can be sent that no worker has."""
    return _due(now).filter(leases.free(now)).exists()


def keep(holder: str, now: datetime) -> dict[str, WebhookEndpoint]:
    """The endpoints that the holder has and that may be sent to: neither deleted nor disabled meanwhile."""
    held = WebhookEndpoint.objects.filter(lease_holder=holder)
    soon = now + LEASE / 2
    if held.filter(leased_until__lt=soon).exists():
        held.update(leased_until=now + LEASE)
    return {one.pk: one for one in held.filter(enabled=True, deleted_at=None)}


def release(holder: str, ids: Iterable[str]) -> None:
    """Lets other workers have them."""
    leases.release(WebhookEndpoint.objects.filter(pk__in=list(ids)), holder)


def read(lane: Lane, now: datetime) -> None:
    """Reads what is due next: nothing of an object of which something earlier has to wait."""
    due = _waiting(lane.endpoint, lane.busy).filter(next_attempt_at__lte=now)
    earlier = WebhookDelivery.objects.filter(
        endpoint=lane.endpoint,
        object_id=OuterRef("object_id"),
        state=DeliveryState.PENDING,
        position__lt=OuterRef("position"),
        next_attempt_at__gt=now,
    )
    found = due.filter(~Exists(earlier)).select_related("event").order_by("position")[:READ_AHEAD]
    deliveries = list(found)
    events = {event.pk: event for event in objects.fill([one.event for one in deliveries])}
    for one in deliveries:
        one.event = events[one.event_id]
    lane.waiting = deque(deliveries)


def _waiting(endpoint: WebhookEndpoint, busy: Collection[str]) -> QuerySet[WebhookDelivery]:
    found = WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryState.PENDING)
    return found.exclude(object_id__in=busy) if busy else found


def _due(now: datetime) -> QuerySet[WebhookEndpoint]:
    due = WebhookDelivery.objects.filter(
        endpoint=OuterRef("pk"), state=DeliveryState.PENDING, next_attempt_at__lte=now
    )
    may = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now)
    return WebhookEndpoint.objects.filter(may, Exists(due), enabled=True, deleted_at=None)


def _open(endpoint: WebhookEndpoint, now: datetime) -> Lane | None:
    """None, with the reason on the endpoint, where this installation forbids or cannot decrypt something.

    It is tried again after a pause.
    """
    https_only = endpoint.environment.kind == Environment.Kind.PRODUCTION
    try:
        route = Route(network.checked(endpoint.url, https_only=https_only))
        return Lane(endpoint, route, endpoint.signing_secrets(now), endpoint.headers())
    except (Invalid, NoKeyOpens) as refusal:
        why = refusal.details["url"] if isinstance(refusal, Invalid) else str(refusal)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            failures=max(endpoint.failures, schedule.PATIENCE) + 1,
            failing_since=endpoint.failing_since or now,
            next_attempt_at=schedule.next_try(schedule.LAST, None, now),
            last_error=why[:500],
            lease_holder="",
            leased_until=None,
        )
        return None
