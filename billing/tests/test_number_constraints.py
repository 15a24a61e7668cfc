"""The database itself refuses numbers that do not fit: each violation is planted with plain SQL."""

import pytest

from billing.models import Environment
from billing.tests.factories import InvoiceFactory, PaymentFactory
from billing.tests.violations import refuse


class TestNumbers:
    @pytest.mark.parametrize(
        ("columns", "constraint"),
        [
            ("total = 99, balance_applied = 99 - amount_due", "invoice_total_adds_up"),
            ("credited = 1", "invoice_due_adds_up"),
            ("balance_applied = -1", "invoice_due_adds_up"),
            ("subtotal = -1, total = -1", "invoice_amounts_not_negative"),
            ("amount_remaining = 1", "invoice_paid_and_remaining_make_due"),
            ("amount_paid = 200, amount_remaining = 0", "invoice_paid_more_is_overpaid"),
            ("number = ''", "invoice_numbered_when_final"),
        ],
    )
    def test_of_an_invoice_must_fit(self, environment: Environment, columns: str, constraint: str) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        assert refuse(f"UPDATE billing_invoice SET {columns} WHERE id = %s", invoice.pk) == constraint

    @pytest.mark.parametrize(
        ("columns", "constraint"),
        [
            ("amount = 0", "payment_amounts"),
            ("amount_refunded = 101", "payment_amounts"),
            ("status = 'succeeded'", "payment_succeeded_at"),
            ("amount_refunded = 1", "payment_refund_shows_in_status"),
            ("status = 'refunded', succeeded_at = now()", "payment_refund_shows_in_status"),
        ],
    )
    def test_of_a_payment_must_fit(self, environment: Environment, columns: str, constraint: str) -> None:
        payment = PaymentFactory(environment=environment)
        assert refuse(f"UPDATE billing_payment SET {columns} WHERE id = %s", payment.pk) == constraint

    @pytest.mark.parametrize(
        ("columns", "constraint"),
        [
            ("discount = 101", "invoice_line_discount_fits"),
            ("quantity = -1", "invoice_line_not_negative"),
        ],
    )
    def test_of_a_line_must_fit(self, environment: Environment, columns: str, constraint: str) -> None:
        line = InvoiceFactory(environment=environment).lines.get()
        assert refuse(f"UPDATE billing_invoicelineitem SET {columns} WHERE id = %s", line.pk) == constraint
