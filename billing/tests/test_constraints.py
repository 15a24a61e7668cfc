"""The database itself refuses what must not be: each violation is planted with plain SQL."""

from typing import Any

import pytest

from billing.models import Environment
from billing.tests.factories import InvoiceFactory, PaymentFactory, PriceFactory, SubscriptionFactory
from billing.tests.violations import refuse


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
        foreign = InvoiceFactory(environment=elsewhere)
        sql = "UPDATE billing_payment SET invoice_id = %s WHERE id = %s"
        assert refuse(sql, foreign.pk, payment.pk) == "billing_payment_invoice_id_same_environment_id"

    def test_cannot_be_invoiced(self, environment: Environment, elsewhere: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        foreign = SubscriptionFactory(environment=elsewhere)
        sql = "UPDATE billing_invoice SET subscription_id = %s WHERE id = %s"
        assert refuse(sql, foreign.pk, invoice.pk) == "billing_invoice_subscription_id_same_environment_id"


class TestAnotherCurrency:
    def test_cannot_be_on_a_line(self, environment: Environment) -> None:
        line = InvoiceFactory(environment=environment).lines.get()
        sql = "UPDATE billing_invoicelineitem SET currency = 'EUR' WHERE id = %s"
        assert refuse(sql, line.pk) == "billing_invoicelineitem_invoice_id_same_currency"

    def test_cannot_pay(self, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment)
        sql = "UPDATE billing_payment SET currency = 'EUR' WHERE id = %s"
        assert refuse(sql, payment.pk) == "billing_payment_invoice_id_same_currency"
