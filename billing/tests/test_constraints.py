"""The database itself refuses what must not be: each violation is planted with plain SQL."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import Environment
from billing.tests.factories import (
    CustomerFactory,
    InvoiceFactory,
    PaymentFactory,
    PriceFactory,
    SubscriptionFactory,
)


def refuse(sql: str, *values: Any) -> str:
    """The name of the constraint that refuses the statement, deferred ones included."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(caught.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]


class TestRowsOfAnotherEnvironment:
    @pytest.mark.parametrize(
        ("factory", "table"),
        [
            (PriceFactory, "price_plan_id"),
            (SubscriptionFactory, "subscription_customer_id"),
            (InvoiceFactory, "invoice_customer_id"),
            (PaymentFactory, "payment_customer_id"),
        ],
    )
    def test_cannot_be_joined(
        self, environment: Environment, elsewhere: Environment, factory: Any, table: str
    ) -> None:
        row = factory(environment=environment)
        sql = f"UPDATE {row._meta.db_table} SET environment_id = %s WHERE id = %s"
        assert refuse(sql, elsewhere.pk, row.pk) == f"billing_{table}_same_environment_id"

    def test_cannot_be_paid(self, environment: Environment, elsewhere: Environment) -> None:
        payment = PaymentFactory(environment=environment)
        theirs = InvoiceFactory(environment=elsewhere)
        sql = "UPDATE billing_payment SET invoice_id = %s WHERE id = %s"
        assert refuse(sql, theirs.pk, payment.pk) == "billing_payment_invoice_id_same_environment_id"

    def test_cannot_be_invoiced(self, environment: Environment, elsewhere: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        theirs = SubscriptionFactory(environment=elsewhere)
        sql = "UPDATE billing_invoice SET subscription_id = %s WHERE id = %s"
        assert refuse(sql, theirs.pk, invoice.pk) == "billing_invoice_subscription_id_same_environment_id"


class TestAnotherCurrency:
    def test_cannot_be_on_a_line(self, environment: Environment) -> None:
        line = InvoiceFactory(environment=environment).lines.get()
        sql = "UPDATE billing_invoicelineitem SET currency = 'EUR' WHERE id = %s"
        assert refuse(sql, line.pk) == "billing_invoicelineitem_invoice_id_same_currency"

    def test_cannot_pay(self, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment)
        sql = "UPDATE billing_payment SET currency = 'EUR' WHERE id = %s"
        assert refuse(sql, payment.pk) == "billing_payment_invoice_id_same_currency"


class TestNumbers:
    @pytest.mark.parametrize(
        ("columns", "constraint"),
        [
            ("total = 99", "invoice_total_adds_up"),
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


class TestTheSameTwice:
    def test_is_refused_for_an_active_external_id(self, environment: Environment) -> None:
        CustomerFactory(environment=environment, external_id="x")
        other = CustomerFactory(environment=environment)
        sql = "UPDATE billing_customer SET external_id = 'x' WHERE id = %s"
        assert refuse(sql, other.pk) == "customer_external_id_once"

    def test_is_refused_for_an_invoice_number(self, environment: Environment) -> None:
        first = InvoiceFactory(environment=environment, finalized=True)
        second = InvoiceFactory(environment=environment, finalized=True)
        sql = "UPDATE billing_invoice SET number = %s WHERE id = %s"
        assert refuse(sql, first.number, second.pk) == "invoice_number_once"
