"""Workers apply the events of one payment concurrently: the money counts once, and every event settles."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection as database
from django.utils import timezone

from billing.models import Payment
from integrations.inbox import processing
from integrations.models import InboundEvent
from integrations.providers.stripe.testing import store_signed

pytestmark = pytest.mark.django_db(transaction=True)


def stored(world, *names):
    """The stored, pending events."""
    now = timezone.now()
    ids = [store_signed(world.connection, world.event(name), now) for name in names]
    return [InboundEvent.objects.get(pk=event_id) for event_id in ids]


def apply_concurrently(rows):
    """Starts one worker for each event at the same moment, then retries the events that have to wait."""
    barrier = Barrier(len(rows))

    def work(row):
        barrier.wait()
        processing.process(row.id, timezone.now())
        database.close()

    workers = [Thread(target=work, args=(row,)) for row in rows]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=20)
    for hours in (1, 2):
        for row in rows:
            processing.process(row.id, timezone.now() + timedelta(hours=hours))
    for row in rows:
        row.refresh_from_db()


@pytest.mark.parametrize("_again", range(3))
def test_a_checkout(world, _again):
    world.arrives("customer_created__flexsync_id")
    payment = world.open_checkout()
    rows = stored(
        world,
        "payment_intent_payment_failed__of_checkout",
        "payment_intent_succeeded__of_checkout",
        "checkout_session_completed__paid",
    )
    apply_concurrently(rows)
    assert {row.state for row in rows} <= {"applied", "ignored"}, [row.reason for row in rows]
    payment.refresh_from_db()
    world.invoice.refresh_from_db()
    assert (payment.status, world.invoice.payment_status) == ("succeeded", "succeeded")


@pytest.mark.parametrize("_again", range(3))
def test_a_payment_that_began_at_stripe(world, _again):
    world.arrives("customer_created__flexsync_id")
    world.link_invoice("invoice_paid__sent")
    rows = stored(
        world, "payment_intent_succeeded__of_invoice", "invoice_payment_paid__sent", "invoice_paid__sent"
    )
    apply_concurrently(rows)
    assert {row.state for row in rows} == {"applied"}, [row.reason for row in rows]
    world.invoice.refresh_from_db()
    assert world.invoice.payment_status == "succeeded" and Payment.objects.count() == 1
