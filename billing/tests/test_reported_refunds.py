"""Refunds that a gateway reports."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from billing.facts import PaymentFacts, RefundFacts
from billing.models import Environment, Invoice, Payment
from billing.services.payments import payments, refunds
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


class TestRefunds:
    def test_end_the_same_in_any_order(self, payment: Payment) -> None:
        pending = RefundFacts("re_1", Decimal(10), "pending")
        reports = [
            lambda: refunds.record_total(
                environment_id=payment.environment_id, payment_id=payment.pk, total=Decimal(10)
            ),
            *(
                lambda facts=facts: refunds.record(
                    environment_id=payment.environment_id, payment_id=payment.pk, facts=facts, now=NOW
                )
                for facts in (
                    pending,
                    replace(pending, status="succeeded"),
                    replace(pending, status="failed"),
                )
            ),
        ]
        for order in permutations(reports):
            for step in order:
                step()
            payment.refresh_from_db()
            assert (payment.status, payment.amount_refunded) == ("succeeded", 0)
            payment.refunds.all().delete()
            Payment.objects.filter(pk=payment.pk).update(
                refunded_told=0, amount_refunded=0, status="succeeded"
            )

    def test_that_are_reported_only_as_a_total_count(self, payment: Payment) -> None:
        for total in (10, 25, 10):
            refunds.record_total(
                environment_id=payment.environment_id, payment_id=payment.pk, total=Decimal(total)
            )
        refunds.record(
            environment_id=payment.environment_id,
            payment_id=payment.pk,
            facts=RefundFacts("re_1", Decimal(10), "succeeded"),
            now=NOW,
        )
        payment.refresh_from_db()
        assert (payment.status, payment.amount_refunded) == ("partially_refunded", 25)
