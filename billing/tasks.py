"""Tasks that Celery beat starts."""

from celery import shared_task
from django.utils import timezone

from billing.api import idempotency_records


@shared_task(name="billing.forget_idempotent_requests")
def forget_idempotent_requests() -> None:
    """Deletes the responses whose Idempotency-Key may be used again."""
    idempotency_records.forget_old(timezone.now())
