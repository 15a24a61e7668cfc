"""Two workers at the same invoice at the same time: nothing is counted twice, or lost, or numbered twice."""

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from billing.facts import PaymentEvidence
from billing.models import Environment, Invoice
from billing.services.invoices import invoices
from billing.services.payments import payments
from billing.tests.clock import NOW
from billing.tests.factories import EnvironmentFactory, InvoiceFactory, PaymentFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment() -> Environment:
    return EnvironmentFactory()


def at_once(*jobs: Callable[[], Any]) -> list[BaseException]:
    """Runs all jobs, each in a thread of its own that starts with the others; what went wrong."""
    barrier, wrong = threading.Barrier(len(jobs)), []

    def run(job: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            job()
        except BaseException as error:  # noqa: BLE001 - a thread's errors would be lost
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return wrong


class TestPaymentsAtOnce:
    def test_are_all_counted(self, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        made = [
            PaymentFactory(environment=environment, invoice=invoice, amount=Decimal(25)) for _ in range(4)
        ]

        def settle(payment_id: str) -> Callable[[], Any]:
            return lambda: payments.settle(
                environment_id=environment.pk,
                payment_id=payment_id,
                evidence=PaymentEvidence(status="succeeded"),
                now=NOW,
            )

        assert at_once(*(settle(payment.pk) for payment in made)) == []
        invoice.refresh_from_db()
        assert (invoice.amount_paid, invoice.payment_status) == (100, "succeeded")

    def test_that_are_one_count_once(self, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment)

        def settle() -> None:
            payments.settle(
                environment_id=environment.pk,
                payment_id=payment.pk,
                evidence=PaymentEvidence(status="succeeded"),
                now=NOW,
            )

        assert at_once(settle, settle, settle) == []
        assert Invoice.objects.get().amount_paid == 100


class TestFinalizingAtOnce:
    def test_gives_each_invoice_a_number_of_its_own(self, environment: Environment) -> None:
        drafts = [InvoiceFactory(environment=environment) for _ in range(4)]

        def finalize(invoice_id: str) -> Callable[[], Any]:
            return lambda: invoices.finalize(environment_id=environment.pk, invoice_id=invoice_id, now=NOW)

        assert at_once(*(finalize(draft.pk) for draft in drafts)) == []
        numbers = sorted(Invoice.objects.values_list("number", flat=True))
        assert numbers == ["INV-000001", "INV-000002", "INV-000003", "INV-000004"]
