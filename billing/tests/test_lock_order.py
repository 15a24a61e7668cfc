"""Every service that changes a payment locks its invoice first, as batches of events do: no deadlock."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from billing.events import Kind
from billing.facts import DisputeFacts, PaymentEvidence, RefundFacts
from billing.models import Environment, Invoice, Payment
from billing.persistence.prefetch import Prefetch
from billing.persistence.unit_of_work import unit_of_work
from billing.services.invoices import amounts_paid
from billing.services.payments import disputes, payments, refunds
from billing.tests.clock import NOW
from billing.tests.factories import InvoiceFactory, PaymentFactory

pytestmark = pytest.mark.django_db(transaction=True)

REFUND = RefundFacts(gateway_refund_id="re_1", amount=Decimal(5), status="succeeded")
DISPUTE = DisputeFacts(gateway_dispute_id="dp_1", amount=Decimal(5), status="needs_response")

Change = Callable[[Payment], Any]


def of(payment: Payment) -> dict[str, str]:
    return {"environment_id": payment.environment_id, "payment_id": payment.pk}


def in_unit_of_work(payment: Payment) -> None:
    with (
        transaction.atomic(),
        unit_of_work(payment.environment_id, Prefetch(changing={Kind.PAYMENT: [payment.pk]})),
    ):
        payments.settle(**of(payment), evidence=PaymentEvidence(status="processing"), now=NOW)


CHANGES: dict[str, tuple[str, Change]] = {
    "settle": (
        "pending",
        lambda one: payments.settle(**of(one), evidence=PaymentEvidence(status="succeeded"), now=NOW),
    ),
    "update": ("pending", lambda one: payments.update(**of(one), changes={"status": "failed"}, now=NOW)),
    "assign": ("pending", lambda one: payments.assign(**of(one), invoice_id=one.invoice_id or "")),
    "retract": ("pending", lambda one: payments.retract(**of(one))),
    "in_unit_of_work": ("pending", in_unit_of_work),
    "refund": ("succeeded", lambda one: refunds.create(**of(one), amount=None, out_of_band=True, now=NOW)),
    "reported refund": ("succeeded", lambda one: refunds.record(**of(one), facts=REFUND, now=NOW)),
    "total of refunds": ("succeeded", lambda one: refunds.record_total(**of(one), total=Decimal(5))),
    "dispute": ("succeeded", lambda one: disputes.record(**of(one), facts=DISPUTE, now=NOW)),
}


def started(change: Change, payment: Payment, wrong: list[BaseException]) -> threading.Thread:
    """A thread that makes the change, and waits for a lock by now."""

    def run() -> None:
        try:
            change(payment)
        except BaseException as error:  # noqa: BLE001 - a thread's errors would be lost
            wrong.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone():
                return thread
        time.sleep(0.01)
    raise AssertionError(f"It waits for nothing: {wrong}")


@pytest.mark.parametrize("name", CHANGES)
def test_the_invoice_is_locked_before_the_payment(name: str, environment: Environment) -> None:
    status, change = CHANGES[name]
    payment = PaymentFactory(environment=environment, status=status)
    wrong: list[BaseException] = []
    with transaction.atomic():
        Invoice.objects.select_for_update(no_key=True).get(pk=payment.invoice_id)
        thread = started(change, payment, wrong)
        # Raises when the other holds it while it waits for the invoice.
        Payment.objects.select_for_update(no_key=True, nowait=True).get(pk=payment.pk)
    thread.join(20)
    assert wrong == []


def test_the_invoice_that_a_payment_turns_out_to_be_for_is_locked_before_it(environment: Environment) -> None:
    payment = PaymentFactory(environment=environment)
    other = InvoiceFactory(environment=environment, finalized=True)
    wrong: list[BaseException] = []
    with transaction.atomic():
        Invoice.objects.select_for_update(no_key=True).get(pk=other.pk)
        lock = transaction.atomic(amounts_paid.locked)
        thread = started(lambda one: lock(one.environment_id, one.pk, for_invoice=other.pk), payment, wrong)
        Payment.objects.select_for_update(no_key=True, nowait=True).get(pk=payment.pk)
    thread.join(20)
    assert wrong == []


def test_a_request_that_cannot_have_a_lock_is_sent_to_try_again(
    api: APIClient, environment: Environment
) -> None:
    invoice = InvoiceFactory(environment=environment)
    responses = []

    def finalize() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        responses.append(api.post(f"/v1/invoices/{invoice.pk}/finalize"))
        connection.close()

    with transaction.atomic():
        Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
        thread = threading.Thread(target=finalize)
        thread.start()
        thread.join(20)
    (response,) = responses
    assert (response.status_code, response.json()["code"], response["Retry-After"]) == (
        503,
        "locked",
        "1",
    )
    assert api.post(f"/v1/invoices/{invoice.pk}/finalize").json()["status"] == "finalized"


def test_a_request_whose_statement_takes_too_long_is_stopped(
    api: APIClient, environment: Environment
) -> None:
    invoice = InvoiceFactory(environment=environment)
    responses = []

    def finalize() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = '50ms'")
        responses.append(api.post(f"/v1/invoices/{invoice.pk}/finalize"))
        connection.close()

    with transaction.atomic():
        Invoice.objects.select_for_update(no_key=True).get(pk=invoice.pk)
        thread = threading.Thread(target=finalize)
        thread.start()
        thread.join(20)
    (response,) = responses
    assert (response.status_code, response.json()["code"], response["Retry-After"]) == (503, "timed_out", "5")
