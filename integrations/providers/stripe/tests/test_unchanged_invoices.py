"""A payment changes its invoice, which stages a push: if Stripe has all of it already, no call is made."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentEvidence, PaymentFacts
from billing.services.payments import payments
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db


def test_an_attempt_that_failed_at_stripe_needs_no_call(simulator, connection, customer):
    invoice = builders.invoice(customer)
    assert push(connection, Kind.INVOICE, invoice.id).state == "done"
    before = len(simulator.requests())
    facts = PaymentFacts(
        customer_id=customer.id,
        invoice_id=invoice.id,
        amount=Decimal("54.00"),
        currency="USD",
        gateway="stripe",
    )
    place = {"environment_id": customer.environment_id, "now": timezone.now()}
    payment = payments.create(facts=facts, **place)
    payments.settle(payment_id=payment.id, evidence=PaymentEvidence(status="failed"), **place)
    waiting = list(OutboundSync.objects.filter(state="pending"))
    assert invoice.id in {sync.entity_id for sync in waiting}
    for sync in waiting:
        worker.deliver(sync.id, now=timezone.now())
    assert not OutboundSync.objects.exclude(state="done").exists()
    assert [call["operation"] for call in simulator.requests()[before:]] == []
