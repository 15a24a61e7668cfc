"""Steps of these tests: what a person requests, and what both sides hold afterwards."""

from decimal import Decimal
from threading import Barrier, Thread

from django.db import connection as database
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Payment
from billing.services.payments import payments
from integrations.models import EntityMapping, OutboundSync
from integrations.outbox import syncs, worker
from integrations.payments import charges, refunds


def stripe_id_of(kind, entity_id):
    return EntityMapping.objects.get(entity_type=kind, entity_id=entity_id).provider_entity_id


def stripe_invoice(stripe_api, invoice):
    return stripe_api.v1.invoices.retrieve(stripe_id_of(Kind.INVOICE, invoice.id))


def charge(connection, invoice, **options):
    return charges.charge(connection, invoice_id=invoice.id, now=timezone.now(), **options)


def transfer(invoice, amount):
    """A bank transfer that a person records."""
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        amount=Decimal(amount),
        currency="USD",
        status="succeeded",
        method="bank_transfer",
    )
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())


def refund(payment, amount=None, **options):
    return refunds.refund(
        environment_id=payment.environment_id,
        payment_id=payment.pk,
        amount=amount,
        now=timezone.now(),
        **options,
    )


def concurrently(action, times=2):
    """Does ``action`` in that many threads at the same moment; returns each result, or a Conflict's code."""
    barrier, outcomes = Barrier(times), []

    def run():
        barrier.wait()
        try:
            outcomes.append(action())
        except Conflict as refusal:
            outcomes.append(refusal.code)
        finally:
            database.close()

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def finish(pipelines):
    """Retries at once each push that waits for its next attempt, until none waits."""
    for _ in range(30):
        waiting = list(OutboundSync.objects.filter(state__in=["pending", "sending"]))
        if not waiting:
            return pipelines.settle()
        for sync in waiting:
            syncs.retry(sync.pk, timezone.now())
            worker.deliver_here(sync.pk)
    raise AssertionError(f"Still not settled: {pipelines.unsettled()}")


def body(response, status):
    """The body of a response of the API that must have this status."""
    assert response.status_code == status, response.text
    return response.json()


def fresh(row):
    row.refresh_from_db()
    return row


def received(invoice):
    return Payment.objects.filter(invoice=invoice, status__in=["succeeded", "partially_refunded", "refunded"])
