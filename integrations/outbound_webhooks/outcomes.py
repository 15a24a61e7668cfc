"""What came of requests: noted at deliveries and at their endpoints, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from integrations.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from integrations.models.webhook_deliveries import DeliveryState
from integrations.outbound_webhooks import schedule
from integrations.outbound_webhooks.requests import Answer

# The receiver wants no more of it.
GONE = 410
# "Later", in which Retry-After means something.
LATER = frozenset({429, 503})
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """One request, and the lane's endpoint and delivery that it was of."""

    endpoint_id: str
    delivery: WebhookDelivery
    answer: Answer

    @property
    def why(self) -> str:
        """Why it failed, "" where it did not."""
        answer = self.answer
        return "" if answer.is_success else answer.error or f"The answer was {answer.status}."


def note(outcomes: Sequence[Outcome], now: datetime) -> None:
    """Notes them in one transaction, which locks the endpoints first, as whoever sends again does."""
    with transaction.atomic():
        named = WebhookEndpoint.objects.filter(pk__in={one.endpoint_id for one in outcomes})
        endpoints = list(named.select_for_update(no_key=True).order_by("pk"))
        WebhookAttempt.objects.bulk_create(_attempt(one) for one in outcomes)
        delivered = [one.delivery.pk for one in outcomes if one.answer.is_success]
        _settle(delivered, now)
        for one in outcomes:
            if not one.answer.is_success:
                _fail(one, now)
        for endpoint in endpoints:
            _follow(endpoint, [one for one in outcomes if one.endpoint_id == endpoint.pk], now)


def _attempt(outcome: Outcome) -> WebhookAttempt:
    answer = outcome.answer
    return WebhookAttempt(
        delivery=outcome.delivery,
        started_at=answer.started_at,
        duration_ms=answer.duration_ms,
        status=answer.status,
        error=answer.error,
        response=answer.response,
    )


def _settle(ids: Sequence[int], now: datetime) -> None:
    WebhookDelivery.objects.filter(pk__in=ids).update(
        state=DeliveryState.DELIVERED, settled_at=now, last_error=""
    )


def _fail(outcome: Outcome, now: datetime) -> None:
    delivery = outcome.delivery
    delivery.attempts += 1
    again_at = schedule.next_attempt(delivery.attempts, now)
    delivery.last_error = outcome.why
    if again_at is None:
        delivery.state, delivery.settled_at = DeliveryState.FAILED, now
    else:
        delivery.next_attempt_at = again_at
    delivery.save(update_fields=["attempts", "last_error", "state", "settled_at", "next_attempt_at"])


def _follow(endpoint: WebhookEndpoint, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Counts failures in a row; after days of them, or where the receiver wants no more, disables it."""
    failed = [one for one in outcomes if one.why]
    if len(failed) < len(outcomes):
        endpoint.failures, endpoint.failing_since, endpoint.next_attempt_at = 0, None, None
        endpoint.last_success_at = now
    if failed:
        answer = failed[-1].answer
        endpoint.failures += len(failed)
        endpoint.failing_since = endpoint.failing_since or now
        endpoint.last_error = failed[-1].why
        wish = answer.retry_after if answer.status in LATER else None
        endpoint.next_attempt_at = schedule.next_try(endpoint.failures, wish, now)
        _disable(endpoint, failed, now)
    endpoint.save(update_fields=_FOLLOWED)


_FOLLOWED = (
    "failures", "failing_since", "next_attempt_at", "last_success_at", "last_error", "enabled", "disabled_at",
    "disabled_reason",
)  # fmt: skip


def _disable(endpoint: WebhookEndpoint, failed: Sequence[Outcome], now: datetime) -> None:
    days = settings.WEBHOOK_DISABLE_DAYS
    since = endpoint.failing_since or now
    if any(one.answer.status == GONE for one in failed):
        reason = "It answered 410: it wants no more of these."
    elif now - since >= timedelta(days=days):
        reason = f"All attempts of {days} days failed. The last: {endpoint.last_error}"
    else:
        return
    if endpoint.enabled:
        endpoint.enabled, endpoint.disabled_at, endpoint.disabled_reason = False, now, reason[:500]
        log.error("webhook_endpoint_disabled", endpoint_id=endpoint.pk, reason=reason)
