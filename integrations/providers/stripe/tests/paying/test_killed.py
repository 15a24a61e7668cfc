"""After kill -9 of real workers while money moves, the next worker moves it once."""

from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.models.payments import PaymentState
from billing.services.payments import refunds
from integrations.models import OutboundSync
from integrations.payments import charges
from integrations.payments.refunds import request_push
from integrations.providers.stripe.tests.paying.steps import charge, fresh
from integrations.providers.stripe.tests.real_workers import finish, stage
from integrations.tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
# Where the worker hangs when it dies: before Stripe has carried out the call, after, or meanwhile.
EFFECTS = ["timeout_before", "timeout", "slow"]


def begin_charge(connection, invoice):
    """What charges.charge writes before its first call, left to a worker."""
    with transaction.atomic():
        payment = charges._begin(connection, invoice.pk, now=timezone.now())
        return payment, stage(connection, Kind.PAYMENT, payment.pk)


def begin_refund(connection, payment):
    with transaction.atomic():
        place = {"environment_id": payment.environment_id, "payment_id": payment.pk}
        refund = refunds.create(**place, amount=Decimal(14), now=timezone.now())
        return refund, request_push(**place, started_by="")


def die_at(start, simulator, operation, effect, begin):
    """Starts the work, kills its worker in the middle of the call, and lets another worker finish it."""
    with start(OUTBOX_LEASE_SECONDS="1") as victim:
        simulator.faults.clear()
        simulator.faults.add(operation, effect, seconds=1.5)
        row, sync = begin()
        until(lambda: simulator.faults.all()[0]["fired"], f"{operation} hangs", victim.log)
        victim.kill()
    assert OutboundSync.objects.get(pk=sync.pk).state == "sending"
    simulator.faults.clear()
    with start(OUTBOX_LEASE_SECONDS="1") as successor:
        finish(sync, successor)
    return fresh(row)


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("operation", ["invoices.update", "invoices.pay"])
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
