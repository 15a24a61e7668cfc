"""After kill -9 of real workers while money moves, the next worker moves it once."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.models.payments import PaymentState
from billing.services.payments import refunds
from integrations import sweep
from integrations.models import OutboundSync
from integrations.outbox import syncs
from integrations.payments import charges
from integrations.providers.stripe.tests.paying.steps import charge, fresh
from integrations.tests.workers import empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)
# Where the worker hangs when it dies: before Stripe has carried out the call, after, or meanwhile.
EFFECTS = ["timeout_before", "timeout", "slow"]


@pytest.fixture
def start(tmp_path, simulator):
    """Starts workers that call the simulator and lose their lease soon after they die."""
    empty_broker()
    environment = {"STRIPE_API_BASE": simulator.base_url, "OUTBOX_LEASE_SECONDS": "1", "LOG_LEVEL": "WARNING"}
    yield lambda: worker(tmp_path, environment=environment)
    empty_broker()


def begin_charge(connection, invoice):
    """What charges.charge writes before its first call, left to a worker."""
    with transaction.atomic():
        payment = charges._begin(connection, invoice.pk, "", "", timezone.now())
        return payment, stage(connection, payment)


def begin_refund(connection, payment):
    with transaction.atomic():
        place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
        refund = refunds.create(**place, amount=Decimal(14), now=timezone.now())
        return refund, stage(connection, payment)


def stage(connection, payment):
    return syncs.stage(connection_id=connection.id, kind=Kind.PAYMENT, entity_id=payment.pk)


def die_at(start, simulator, operation, effect, begin):
    """Starts the work, kills its worker in the middle of the call, and lets another worker finish it."""
    with start() as victim:
        simulator.faults.clear()
        simulator.faults.add(operation, effect, seconds=1.5)
        row, sync = begin()
        until(lambda: simulator.faults.all()[0]["fired"], f"{operation} hangs", victim.log)
        victim.kill()
    assert OutboundSync.objects.get(pk=sync.pk).state == "sending"
    simulator.faults.clear()
    with start() as successor:
        finish(sync, successor)
    return fresh(row)


def finish(sync, running):
    """Lets the sweep find the dead worker's row once its lease has run out."""
    empty_broker()
    sync.refresh_from_db()
    until(lambda: timezone.now() > sync.leased_until, "the lease has run out")
    sweep.sweep(timezone.now() + timedelta(seconds=16))

    def done():
        sync.refresh_from_db()
        if sync.state == "sending" and sync.next_attempt_at and sync.leased_until is None:
            # Stripe was still busy ("key in use"): the retry that is due in some seconds is made now.
            syncs.retry(sync.id, timezone.now())
        return sync.state == "done"

    until(done, "the push is finished", running.log)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("operation", ["payment_intents.create", "invoices.attach_payment"])
def test_a_charge(start, simulator, stripe_api, connection, invoice, card, operation, effect):
    card()
    payment = die_at(start, simulator, operation, effect, lambda: begin_charge(connection, invoice))
    assert payment.status == PaymentState.SUCCEEDED
    intents = [row for row in stripe_api.v1.payment_intents.list().data if row.amount_received]
    assert [(intent.id, intent.amount_received) for intent in intents] == [(payment.gateway_payment_id, 5400)]
    assert fresh(invoice).amount_remaining == 0


@pytest.mark.parametrize("effect", EFFECTS)
def test_a_refund(start, simulator, stripe_api, connection, invoice, card, effect):
    card()
    payment = charge(connection, invoice)
    refund = die_at(start, simulator, "refunds.create", effect, lambda: begin_refund(connection, payment))
    assert (refund.status, fresh(payment).amount_refunded) == ("succeeded", Decimal(14))
    assert [row.amount for row in stripe_api.v1.refunds.list().data] == [1400]
