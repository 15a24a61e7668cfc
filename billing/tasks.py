"""What beat asks of billing by itself."""

from celery import shared_task
from django.utils import timezone

from billing.api import idempotency_records


@shared_task(name="billing.forget_idempotent_requests")
def forget_idempotent_requests() -> None:
    """Deletes the answers whose Idempotency-Key may be used anew."""
    idempotency_records.forget_old(timezone.now())
