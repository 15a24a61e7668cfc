"""What was stopped for an invoice goes on by itself once a payment of it has ended."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentEvidence
from billing.services.payments import payments
from billing.tests.factories import PaymentFactory
from integrations.models.outbound import SyncState
from integrations.outbox import outcomes, syncs

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=12)


@pytest.fixture
def payment(connection):
    return PaymentFactory(environment=connection.environment, gateway="bank")


def stopped(connection, invoice, state):
    """A push of the invoice that is blocked, or waits for its next attempt."""
    with transaction.atomic():
        sync = syncs.stage(connection_id=connection.pk, kind=Kind.INVOICE, entity_id=invoice.pk)
    if state == SyncState.BLOCKED:
        outcomes.settle(sync, state, timezone.now())
    else:
        sync.state, sync.next_attempt_at = state, timezone.now() + LATER
        sync.save()
    return sync


def settle(payment, status):
    payments.settle(
        environment_id=payment.environment_id,
        payment_id=payment.pk,
        evidence=PaymentEvidence(status=status),
        now=timezone.now(),
    )


def is_due(sync):
    sync.refresh_from_db()
    return sync.settled_at is None and sync.next_attempt_at <= timezone.now()


@pytest.mark.parametrize("end", ["succeeded", "failed", "cancelled"])
@pytest.mark.parametrize("state", [SyncState.BLOCKED, SyncState.SENDING])
def test_its_push_is_due_when_a_payment_has_ended(connection, payment, state, end):
    sync = stopped(connection, payment.invoice, state)
    settle(payment, "processing")
    assert not is_due(sync)
    settle(payment, end)
    assert is_due(sync)


def test_that_of_another_invoice_stays_as_it_is(connection, payment):
    other = PaymentFactory(environment=connection.environment).invoice
    sync = stopped(connection, other, SyncState.BLOCKED)
    settle(payment, "succeeded")
    assert not is_due(sync)
