"""How long events are kept, and endpoints that were deleted."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from integrations.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from integrations.models.webhook_deliveries import DeliveryState

# Events deleted in one transaction, and batches in one run: the next run does the rest.
BATCH, MOST_BATCHES = 2000, 50


def prune(now: datetime, *, days: int) -> int:
    """Deletes old events with their deliveries, and endpoints deleted then; returns how many.

    0 days keep all.
    The newest event of each object stays: it knows the sequence. So does what is still to be delivered.
    """
    if days <= 0:
        return 0
    before, deleted = now - timedelta(days=days), 0
    WebhookEndpoint.objects.filter(deleted_at__lt=before).delete()
    for _ in range(MOST_BATCHES):
        ids = list(_old(before).order_by("position").values_list("pk", flat=True)[:BATCH])
        WebhookEvent.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
        if len(ids) < BATCH:
            break
    return deleted


def _old(before: datetime) -> QuerySet[WebhookEvent]:
    newer = WebhookEvent.objects.filter(object_id=OuterRef("object_id"), sequence__gt=OuterRef("sequence"))
    pending = WebhookDelivery.objects.filter(event=OuterRef("pk"), state=DeliveryState.PENDING)
    return WebhookEvent.objects.filter(Exists(newer), ~Exists(pending), created_at__lt=before)
