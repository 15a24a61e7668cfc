"""What a gateway says later of a payment: for which invoice it was, what went back, what is disputed."""

from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest

from billing.facts import DisputeFacts, PaymentFacts, RefundFacts
from billing.models import Environment, Invoice, Payment
from billing.services import disputes, payments, refunds
from billing.services.errors import Conflict, Invalid
from billing.tests.clock import NOW
from billing.tests.factories import InvoiceFactory

ORIGIN = "conn_1"


@pytest.fixture
def invoice(environment: Environment) -> Invoice:
    return InvoiceFactory(environment=environment, finalized=True)


@pytest.fixture
def payment(invoice: Invoice) -> Payment:
    """Money of the invoice's customer, for nothing in particular."""
    facts = PaymentFacts(invoice.customer_id, invoice.total, invoice.currency, status="succeeded")
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=NOW)


def assign(payment: Payment, invoice: Invoice) -> Payment:
    return payments.assign(
        environment_id=payment.environment_id, payment_id=payment.pk, invoice_id=invoice.pk, origin=ORIGIN
    )


class TestAssigning:
    def test_pays_the_invoice_once(self, payment: Payment, invoice: Invoice) -> None:
        for _ in range(2):
            assert assign(payment, invoice).invoice_id == invoice.pk
        invoice.refresh_from_db()
        assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)

    def test_is_refused_for_a_second_invoice(self, payment: Payment, invoice: Invoice) -> None:
        assign(payment, invoice)
        other = InvoiceFactory(environment=invoice.environment, customer=invoice.customer, finalized=True)
        with pytest.raises(Conflict) as refusal:
            assign(payment, other)
        assert refusal.value.code == "payment_assigned"

    def test_is_refused_for_another_customers_invoice(
        self, payment: Payment, environment: Environment
    ) -> None:
        with pytest.raises(Invalid, match="another customer"):
            assign(payment, InvoiceFactory(environment=environment, finalized=True))


class TestRefunds:
    def test_end_the_same_in_any_order(self, payment: Payment) -> None:
        pending = RefundFacts("re_1", Decimal(10), "pending")
        told = [
            lambda: refunds.tell_total(
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
        for order in permutations(told):
            for step in order:
                step()
            payment.refresh_from_db()
            assert (payment.status, payment.amount_refunded) == ("succeeded", 0)
            payment.refunds.all().delete()
            Payment.objects.filter(pk=payment.pk).update(
                refunded_told=0, amount_refunded=0, status="succeeded"
            )

    def test_that_are_only_told_in_all_count(self, payment: Payment) -> None:
        for total in (10, 25, 10):
            refunds.tell_total(
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
