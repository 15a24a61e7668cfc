"""For which invoice a payment was, when the gateway says so later."""

import pytest

from billing.errors import Conflict, Invalid
from billing.facts import PaymentFacts
from billing.models import Environment, Invoice, Payment
from billing.services.payments import payments
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
