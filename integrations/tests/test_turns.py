"""Of the pushes of one invoice and of its payments one runs at a time, at each connection."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.services.payments import payments
from integrations.models import OutboundSync
from integrations.outbox import leases, outcomes, syncs
from integrations.queue import dispatch
from integrations.testing import make_connection
from integrations.tests.factories import finalized_invoice

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice(environment):
    return finalized_invoice(environment)


def payment_of(invoice):
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=invoice.total,
        currency="USD",
        gateway="acme",
    )
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())


def staged(connection, kind, row):
    return syncs.stage(connection_id=connection.pk, kind=kind, entity_id=row.pk)


def claimed(sync):
    return leases.claim(sync.pk, timezone.now())


def test_an_invoice_and_its_payments_take_turns(connection, invoice):
    first, second = payment_of(invoice), payment_of(invoice)
    rows = [staged(connection, Kind.INVOICE, invoice)]
    rows += [staged(connection, Kind.PAYMENT, payment) for payment in (first, second)]
    assert claimed(rows[1]) is not None
    assert claimed(rows[0]) is None and claimed(rows[2]) is None


def test_another_invoice_and_another_connection_do_not_wait(connection, environment, invoice):
    other = make_connection(environment.id, "acme", name="Other", credentials={"secret_key": "test_other"})
    assert claimed(staged(connection, Kind.INVOICE, invoice)) is not None
    assert claimed(staged(connection, Kind.INVOICE, finalized_invoice(environment))) is not None
    assert claimed(staged(other, Kind.INVOICE, invoice)) is not None


def test_those_that_waited_are_notified_of_the_end(connection, invoice, monkeypatch):
    waiting = staged(connection, Kind.PAYMENT, payment_of(invoice))
    running = claimed(staged(connection, Kind.INVOICE, invoice))
    notified = []
    monkeypatch.setattr(dispatch, "notify", lambda _task, row_id, **_options: notified.append(row_id))
    outcomes.done(running, timezone.now())
    assert notified == [waiting.pk]
    assert claimed(waiting) is not None


def test_the_database_refuses_two_at_a_time(connection, invoice):
    claimed(staged(connection, Kind.INVOICE, invoice))
    row = staged(connection, Kind.PAYMENT, payment_of(invoice))
    with pytest.raises(IntegrityError, match="outbound_turn_once"), transaction.atomic():
        OutboundSync.objects.filter(pk=row.pk).update(state="sending")
