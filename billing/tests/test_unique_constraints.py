"""The database itself refuses the same twice."""

from billing.models import Environment
from billing.tests.factories import CustomerFactory, InvoiceFactory
from billing.tests.violations import refuse


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
