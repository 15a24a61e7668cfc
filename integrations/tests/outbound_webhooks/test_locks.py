"""Whoever notes what came of deliveries, and whoever sends again, take their locks in one order."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from billing.models import Environment
from integrations.models import WebhookDelivery, WebhookEndpoint
from integrations.outbound_webhooks import feed, outcomes
from integrations.outbound_webhooks.requests import Answer
from integrations.outbound_webhooks.resending import Wanted, resend
from integrations.tests.outbound_webhooks.test_feed import in_thread, made


@pytest.mark.django_db(transaction=True)
def test_sending_again_while_a_delivery_is_noted_waits_for_it_or_goes_first(
    environment: Environment, endpoint: WebhookEndpoint
) -> None:
    now = timezone.now()
    made(environment)
    feed.publish_all(seconds=5)
    resend(endpoint.pk, Wanted(since=endpoint.created_at), now)
    delivery = WebhookDelivery.objects.get()
    delivered = outcomes.Outcome(endpoint.pk, delivery, Answer(now, 5, status=200))
    with ThreadPoolExecutor() as threads:
        with transaction.atomic():
            # As sending again begins.
            WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=endpoint.pk)
            noting = threads.submit(in_thread(outcomes.note), [delivered], now)
            wait_until_one_waits_for_a_lock()
            assert resend(endpoint.pk, Wanted(ids=[delivery.event_id]), now) == 1
        noting.result(timeout=10)
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def wait_until_one_waits_for_a_lock() -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(100):
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the same all along
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("Nobody waits for a lock.")
