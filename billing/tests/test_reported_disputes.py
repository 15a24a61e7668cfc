"""Disputes that a gateway reports."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.errors import Invalid
from billing.facts import DisputeFacts, PaymentFacts
from billing.models import Environment, Invoice, Payment
from billing.services.payments import disputes, payments
from billing.tests.clock import NOW
from billing.tests.factories import InvoiceFactory


@pytest.fixture
def invoice(environment: Environment) -> Invoice:
    return InvoiceFactory(environment=environment, finalized=True)


@pytest.fixture
def payment(invoice: Invoice) -> Payment:
    """Money of the invoice's customer, for nothing in particular."""
    facts = PaymentFacts(invoice.customer_id, invoice.total, invoice.currency, status="succeeded")
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=NOW)


class TestADispute:
    def test_moves_forward_only(self, payment: Payment) -> None:
        facts = DisputeFacts("du_1", Decimal(10), "needs_response")
        for status, taken in (
            ("needs_response", 10),
            ("lost", 10),
            ("under_review", 10),
            ("won", 0),
            ("lost", 0),
        ):
            disputes.record(
                environment_id=payment.environment_id,
                payment_id=payment.pk,
                facts=replace(facts, status=status),
                now=NOW,
            )
            payment.refresh_from_db()
            assert (payment.amount_disputed, payment.status) == (taken, "succeeded")

    def test_of_an_unknown_state_is_refused(self, payment: Payment) -> None:
        with pytest.raises(Invalid, match="needs_response"):
            disputes.record(
                environment_id=payment.environment_id,
                payment_id=payment.pk,
                facts=DisputeFacts("du_1", Decimal(10), "odd"),
                now=NOW,
            )
