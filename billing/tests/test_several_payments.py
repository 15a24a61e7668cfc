"""What several payments make of an invoice."""

from decimal import Decimal

from billing.models import Environment
from billing.tests.factories import InvoiceFactory, PaymentFactory


class TestSeveralPayments:
    def test_add_up(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        for amount, expected in ((60, "pending"), (40, "succeeded"), (1, "overpaid")):
            PaymentFactory(
                environment=environment, invoice=invoice, amount=Decimal(amount), status="succeeded"
            )
            invoice.refresh_from_db()
            assert invoice.payment_status == expected
        assert (invoice.amount_paid, invoice.amount_remaining) == (101, 0)

    def test_show_the_most_hopeful_attempt(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        for status, expected in (("failed", "failed"), ("pending", "pending"), ("processing", "processing")):
            PaymentFactory(environment=environment, invoice=invoice, status=status)
            invoice.refresh_from_db()
            assert invoice.payment_status == expected
