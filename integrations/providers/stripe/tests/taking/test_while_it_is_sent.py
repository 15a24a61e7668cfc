"""An invoice that is voided, given up or paid while it is first sent is not collected for that."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import connection as database
from django.utils import timezone

from billing.errors import Conflict
from billing.facts import PaymentFacts
from billing.services.invoices import endings, invoices
from billing.services.payments import payments
from integrations.models import OutboundCall, OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import fresh, stripe_invoice

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def new(invoice, card, pipelines):
    """Of a customer whose card Stripe would charge; nothing of it was sent yet."""
    card()
    pipelines.settle()
    return builders.invoice(invoice.customer)


@contextmanager
def sending(pipelines, invoice, operation):
    """The block runs while a worker waits for the answer to that call."""
    sync = OutboundSync.objects.get(entity_id=invoice.pk)
    pipelines.simulator.faults.add(operation, "slow", seconds=1.5)

    def deliver():
        worker.deliver(sync.pk, now=timezone.now())
        database.close()

    with ThreadPoolExecutor() as threads:
        pushing = threads.submit(deliver)
        while not OutboundCall.objects.filter(sync=sync, operation=operation).exists():
            time.sleep(0.02)
        yield
        pushing.result()
    pipelines.simulator.faults.clear()


def place(invoice):
    return {"environment_id": invoice.environment_id, "invoice_id": invoice.pk, "now": timezone.now()}


def charged(stripe_api):
    return sum(charge.amount for charge in stripe_api.v1.charges.list().data)


@pytest.mark.parametrize("end", [endings.void, endings.mark_uncollectible], ids=lambda end: end.__name__)
def test_whoever_ends_it_waits_and_hears_that_it_was_paid(pipelines, stripe_api, new, end):
    with sending(pipelines, new, "invoices.create"), pytest.raises(Conflict) as refusal:
        end(**place(new))
    assert refusal.value.code == "invoice_paid"
    assert (fresh(new).status, new.payment_status) == ("finalized", "succeeded")
    assert (stripe_invoice(stripe_api, new).status, charged(stripe_api)) == ("paid", 5400)


def test_voided_after_the_look_its_draft_is_deleted(pipelines, stripe_api, new):
    with sending(pipelines, new, "invoices.add_lines"):
        invoices.void(**place(new))
    pipelines.settle()
    assert (fresh(new).status, new.amount_paid, charged(stripe_api)) == ("voided", 0, 0)
    assert [one.status for one in stripe_api.v1.invoices.list().data] == ["open"]


def test_given_up_after_the_look_it_is_not_charged(pipelines, stripe_api, new):
    with sending(pipelines, new, "invoices.add_lines"):
        invoices.mark_uncollectible(**place(new))
    pipelines.settle()
    assert (fresh(new).status, stripe_invoice(stripe_api, new).status) == ("uncollectible",) * 2
    assert charged(stripe_api) == 0


def test_paid_by_bank_meanwhile_it_is_not_charged(pipelines, stripe_api, new):
    with sending(pipelines, new, "invoices.add_lines"):
        facts = PaymentFacts(
            invoice_id=new.pk,
            customer_id=new.customer_id,
            amount=Decimal(54),
            currency="USD",
            status="succeeded",
        )
        payments.create(environment_id=new.environment_id, facts=facts, now=timezone.now())
    pipelines.settle()
    assert (fresh(new).payment_status, stripe_invoice(stripe_api, new).status) == ("succeeded", "paid")
    assert charged(stripe_api) == 0
