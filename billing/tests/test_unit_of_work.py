"""Services in a unit of work: the same results as without it, in few statements."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.errors import Conflict, Invalid
from billing.events import Kind
from billing.facts import CustomerFacts, PaymentFacts
from billing.models import Customer, Environment, Invoice, Payment
from billing.models.invoices import InvoiceStatus
from billing.persistence.prefetch import Prefetch
from billing.persistence.unit_of_work import unit_of_work
from billing.services.customers import customers
from billing.services.payments import payments
from billing.tests.clock import NOW
from billing.tests.factories import CustomerFactory, InvoiceFactory

pytestmark = pytest.mark.django_db


def named(environment: Environment, name: str, external_id: str = "") -> Customer:
    facts = CustomerFacts(name=name, external_id=external_id)
    return customers.create(environment_id=environment.pk, facts=facts)


def paid(invoice: Invoice, amount: str, key: str) -> Payment:
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=Decimal(amount),
        currency=invoice.currency,
        status="succeeded",
    )
    return payments.create(environment_id=invoice.environment_id, facts=facts, idempotency_key=key, now=NOW)


@pytest.fixture
def invoice(environment: Environment) -> Invoice:
    """A finalized one of 100."""
    return InvoiceFactory.create(environment=environment, finalized=True)


class TestAUnitOfWork:
    def test_writes_all_rows_of_a_table_at_once(self, environment: Environment) -> None:
        with CaptureQueriesContext(connection) as sent, unit_of_work(environment.pk, Prefetch()):
            for number in range(20):
                named(environment, f"Ada {number}")
        assert Customer.objects.count() == 20
        assert len(sent) < 5

    def test_lets_no_query_miss_what_waits(self, environment: Environment) -> None:
        with unit_of_work(environment.pk, Prefetch()):
            made = named(environment, "Ada")
            assert Customer.objects.get().pk == made.pk
            customers.update(environment_id=environment.pk, customer_id=made.pk, changes={"name": "Grace"})
            assert Customer.objects.get().name == "Grace"

    def test_reads_again_what_another_statement_has_changed(self, environment: Environment) -> None:
        with unit_of_work(environment.pk, Prefetch()):
            made = named(environment, "Ada")
            Customer.objects.update(name="Changed past the services")
            changed = customers.update(
                environment_id=environment.pk, customer_id=made.pk, changes={"email": "ada@example.com"}
            )
            assert changed.name == "Changed past the services"
        assert Customer.objects.get().name == "Changed past the services"

    def test_loses_nothing_with_a_savepoint_that_is_taken_back(self, environment: Environment) -> None:
        with unit_of_work(environment.pk, Prefetch()):
            named(environment, "Ada")
            with transaction.atomic():
                Environment.objects.create(name="Another")
                transaction.set_rollback(True)
        assert Customer.objects.get().name == "Ada"

    def test_counts_money_as_without_it(self, invoice: Invoice) -> None:
        with unit_of_work(invoice.environment_id, Prefetch(changing={Kind.INVOICE: [invoice.pk]})):
            paid(invoice, "30", "first")
            paid(invoice, "70", "second")
        invoice.refresh_from_db()
        assert (invoice.amount_paid, invoice.amount_remaining) == (100, 0)
        assert invoice.payment_status == "succeeded"

    def test_refuses_what_is_taken(self, environment: Environment) -> None:
        CustomerFactory.create(environment=environment, external_id="crm-1")
        with pytest.raises(Conflict), unit_of_work(environment.pk, Prefetch()):
            named(environment, "Ada", "crm-1")

    def test_finds_customers_by_what_they_are_called_by_now(self, environment: Environment) -> None:
        old = CustomerFactory.create(environment=environment, external_id="crm-1")
        with unit_of_work(environment.pk, Prefetch(external_ids=["crm-1", "crm-2"])):
            assert customers.of_external_id(environment.pk, "crm-1") == old.pk
            customers.update(
                environment_id=environment.pk, customer_id=old.pk, changes={"external_id": "crm-2"}
            )
            assert customers.of_external_id(environment.pk, "crm-1") == ""
            assert customers.of_external_id(environment.pk, "crm-2") == old.pk
            new = named(environment, "Ada", "crm-1")
            assert customers.of_external_id(environment.pk, "crm-1") == new.pk


class TestWhatFailed:
    def test_is_forgotten_when_nothing_was_changed(self, environment: Environment) -> None:
        made = CustomerFactory.create(environment=environment, name="Ada")
        with unit_of_work(environment.pk, Prefetch()) as here:
            with pytest.raises(Invalid):
                customers.update(
                    environment_id=environment.pk,
                    customer_id=made.pk,
                    changes={"name": "Half changed", "currency": "XXX"},
                )
            assert here.forget_touched()
            customers.update(
                environment_id=environment.pk, customer_id=made.pk, changes={"phone": "+31 10 123"}
            )
        made.refresh_from_db()
        assert (made.name, made.phone) == ("Ada", "+31 10 123")

    def test_cannot_be_forgotten_where_it_touched_what_waits(self, environment: Environment) -> None:
        with unit_of_work(environment.pk, Prefetch()) as here:
            made = named(environment, "Ada")
            here.rows.checkpoint()
            with pytest.raises(Invalid):
                customers.update(
                    environment_id=environment.pk, customer_id=made.pk, changes={"currency": "XXX"}
                )
            assert not here.forget_touched()


def test_an_invoice_that_is_made_and_paid_in_a_block_is_paid(environment: Environment) -> None:
    with unit_of_work(environment.pk, Prefetch()):
        customer = named(environment, "Ada")
        made = InvoiceFactory.create(environment=environment, customer=customer, finalized=True)
        paid(made, "100", "all")
    made.refresh_from_db()
    assert (made.status, made.payment_status, made.amount_remaining) == (
        InvoiceStatus.FINALIZED,
        "succeeded",
        0,
    )
