"""Pushing an invoice to Stripe takes three calls, keeps its totals, and creates it once."""

from decimal import Decimal
from threading import Thread

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.facts import InvoiceFacts, LineFacts, PaymentFacts
from billing.services.invoices import invoices
from billing.services.payments import payments
from integrations.models import Connection, EntityMapping
from integrations.outbox import dry_run, syncs, worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.timeouts import call_timeout
from integrations.testing import push
from integrations.tests.workers import until

pytestmark = pytest.mark.django_db


def writes(simulator):
    return [call["operation"] for call in simulator.requests() if call["method"] != "GET"]


def lines(count):
    return tuple(
        LineFacts(f"Line {n}", quantity=Decimal(n), unit_amount=Decimal("1.25")) for n in range(1, count + 1)
    )


@pytest.mark.parametrize("count", [1, 100, 250])
def test_an_invoice_takes_three_calls_once_its_customer_is_at_stripe(simulator, connection, customer, count):
    push(connection, Kind.CUSTOMER, customer.id)
    sync = push(connection, Kind.INVOICE, builders.invoice(customer, lines(count)).id)
    assert (sync.state, sync.last_error) == ("done", "")
    assert writes(simulator) == [
        "customers.create", "invoices.create", "invoices.add_lines", "invoices.finalize_invoice",
    ]  # fmt: skip
    assert len(simulator.requests()) == 4


@pytest.mark.parametrize(("is_sent_by_itself", "statements"), [(True, 20), (False, 28)])
def test_an_invoice_takes_few_statements(
    simulator, connection, customer, django_assert_num_queries, is_sent_by_itself, statements
):
    push(connection, Kind.CUSTOMER, customer.id)
    connection.invoice_outbound_enabled = is_sent_by_itself
    connection.save()
    with transaction.atomic():
        invoice = builders.invoice(customer, lines(10))
        sync = syncs.stage(connection_id=connection.id, kind=Kind.INVOICE, entity_id=invoice.id)
    # The claim and the outcome, six around three calls, one that stores the links, three that lock the
    # invoice to decide whether Stripe collects it, and eight reads: one of them finds out who collects the
    # invoice, and whether another connection still asks for it. Where nobody
    # was chosen when it was finalized, one reads the connections, and a transaction of seven stores the
    # choice and notes it in the audit, under a lock.
    with django_assert_num_queries(statements):
        worker.deliver(sync.id, now=timezone.now())
    sync.refresh_from_db()
    assert sync.state == "done"


def test_stripe_has_the_same_values(simulator, stripe_api, connection, customer):
    invoice = builders.invoice(customer, footer="Thank you", metadata={"project": "engine"})
    push(connection, Kind.INVOICE, invoice.id)
    mapping = EntityMapping.objects.get(entity_id=invoice.id)
    found = stripe_api.v1.invoices.retrieve(mapping.provider_entity_id, {"expand": ["customer"]})
    assert (found.total, found.currency, found.status, found.auto_advance) == (5400, "usd", "open", True)
    assert (found.description, found.footer) == ("October", "Thank you")
    assert (found.customer.email, found.customer.address.country) == ("ada@example.com", "GB")
    assert found.metadata.to_dict() == {
        "flexprice_invoice_id": invoice.id,
        "flexprice_customer_id": customer.id,
        "flexprice_invoice_number": invoice.number,
        "sync_source": "flexprice",
        "project": "engine",
    }
    assert [(line.description, line.amount) for line in found.lines.data] == [
        ("Seats (3 x 12.50 USD)", 3750),
        ("Storage", 2000),
        ("Discount", -750),
    ]
    invoice.refresh_from_db()
    assert (invoice.hosted_invoice_url, mapping.metadata["number"]) == (
        found.hosted_invoice_url,
        found.number,
    )


def test_a_second_push_makes_no_call(simulator, connection, customer):
    invoice = builders.invoice(customer)
    push(connection, Kind.INVOICE, invoice.id)
    before = len(simulator.requests())
    sync = push(connection, Kind.INVOICE, invoice.id)
    assert sync.state == "done" and len(simulator.requests()) == before


def test_a_draft_is_refused(simulator, connection, customer):
    draft = invoices.create(
        environment_id=customer.environment_id,
        facts=InvoiceFacts(customer_id=customer.id, currency="USD", lines=builders.LINES),
    )
    sync = push(connection, Kind.INVOICE, draft.id)
    assert (sync.state, simulator.requests()) == ("blocked", [])
    assert "finalize it first" in sync.last_error


def test_251_lines_are_refused_before_anything_is_created(simulator, connection, customer):
    push(connection, Kind.CUSTOMER, customer.id)
    # It was final before anyone sent it to Stripe: nobody could refuse it while it was a draft.
    Connection.objects.update(invoice_outbound_enabled=False)
    invoice = builders.invoice(customer, lines(251))
    Connection.objects.update(invoice_outbound_enabled=True)
    sync = push(connection, Kind.INVOICE, invoice.id)
    assert sync.state == "blocked" and "250 lines per invoice, but this one needs 251" in sync.last_error
    assert writes(simulator) == ["customers.create"]


def test_a_different_total_stops_before_finalizing(simulator, stripe_api, connection, customer):
    invoice = builders.invoice(customer)
    simulator.faults.add("invoices.add_lines", "reset_before", times=1)
    assert push(connection, Kind.INVOICE, invoice.id).state == "sending"
    draft = EntityMapping.objects.get(entity_id=invoice.id).provider_entity_id
    stripe_api.v1.invoices.add_lines(draft, {"lines": [{"amount": 1, "description": "Foreign"}]})
    sync = push_again(connection, invoice)
    assert sync.state == "blocked"
    assert "subtotal 5001 - discounts 0 + taxes 400 = total 5401" in sync.last_error
    assert "subtotal 5750 - discounts 750 + taxes 400 = total 5400" in sync.last_error
    assert stripe_api.v1.invoices.retrieve(draft).status == "draft"
    assert push_again(connection, invoice).state == "done", "its lines are replaced, and it is finalized"
    found = stripe_api.v1.invoices.retrieve(draft)
    assert (found.status, found.total, len(found.lines.data)) == ("open", 5400, 3)
    operations = [call["operation"] for call in simulator.requests()]
    of_invoices = [operation for operation in operations if operation.startswith("invoices.")]
    assert of_invoices[-5:-1] == [
        "invoices.retrieve", "invoices.remove_lines", "invoices.add_lines", "invoices.finalize_invoice"
    ]  # fmt: skip


def test_a_draft_that_was_corrected_at_stripe_is_only_read(simulator, stripe_api, connection, customer):
    invoice = builders.invoice(customer)
    simulator.faults.add("invoices.add_lines", "reset_before", times=1)
    push(connection, Kind.INVOICE, invoice.id)
    draft = EntityMapping.objects.get(entity_id=invoice.id).provider_entity_id
    extra = stripe_api.v1.invoices.add_lines(draft, {"lines": [{"amount": 1, "description": "Foreign"}]})
    assert push_again(connection, invoice).state == "blocked"
    gone = [{"id": extra.lines.data[0].id, "behavior": "delete"}]
    stripe_api.v1.invoices.remove_lines(draft, {"lines": gone})
    assert push_again(connection, invoice).state == "done"
    assert stripe_api.v1.invoices.retrieve(draft).total == 5400
    assert len(simulator.requests("invoices.add_lines")) == 3, (
        "FlexSync's, failed and repeated, and the foreign one"
    )


def push_again(connection, invoice):
    """Retries the waiting push at once."""
    sync = connection.outbound_syncs.get(entity_id=invoice.id)
    now = timezone.now()
    syncs.retry(sync.id, now)
    worker.deliver(sync.id, now=now)
    sync.refresh_from_db()
    return sync


@pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_before", "reset_after", "timeout"])
@pytest.mark.parametrize("operation", ["invoices.create", "invoices.add_lines", "invoices.finalize_invoice"])
def test_a_fault_leaves_one_invoice(simulator, stripe_api, connection, customer, operation, effect):
    invoice = builders.invoice(customer)
    simulator.faults.add(operation, effect)
    with call_timeout(0.5):
        assert push(connection, Kind.INVOICE, invoice.id).state == "sending"
    sync = push_again(connection, invoice)
    assert (sync.state, sync.last_error) == ("done", "")
    found = [(row.total, row.status, len(row.lines.data)) for row in stripe_api.v1.invoices.list().data]
    assert found == [(5400, "open", 3)]


def test_voiding_and_writing_off_are_pushed(simulator, stripe_api, connection, customer):
    void, uncollectible = builders.invoice(customer), builders.invoice(customer)
    for invoice in (void, uncollectible):
        push(connection, Kind.INVOICE, invoice.id)
    now, environment = timezone.now(), customer.environment_id
    invoices.void(environment_id=environment, invoice_id=void.id, now=now)
    invoices.mark_uncollectible(environment_id=environment, invoice_id=uncollectible.id, now=now)
    for invoice, status in ((void, "void"), (uncollectible, "uncollectible")):
        assert push(connection, Kind.INVOICE, invoice.id).state == "done"
        stripe_id = EntityMapping.objects.get(entity_id=invoice.id).provider_entity_id
        assert stripe_api.v1.invoices.retrieve(stripe_id).status == status
    before = len(simulator.requests())
    push(connection, Kind.INVOICE, void.id)
    assert len(simulator.requests()) == before


def test_a_dry_run_lists_the_calls_and_makes_none(simulator, connection, customer):
    invoice = builders.invoice(customer)
    planned = dry_run.plan(connection, Kind.INVOICE, invoice.id)
    assert [call.operation for call in planned] == [
        "customers.create", "invoices.create", "invoices.add_lines", "invoices.finalize_invoice",
    ]  # fmt: skip
    assert planned[2].params["lines"][0]["amount"] == 3750
    assert simulator.requests() == []


def pending_checkout(invoice):
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.id,
        amount=invoice.amount_remaining,
        currency=invoice.currency,
        gateway="stripe",
    )
    payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())


def test_stripe_does_not_collect_what_is_being_paid_in_a_checkout(
    simulator, stripe_api, connection, customer
):
    invoice = builders.invoice(customer)
    pending_checkout(invoice)
    push(connection, Kind.INVOICE, invoice.id)
    (found,) = stripe_api.v1.invoices.list().data
    assert (found.status, found.auto_advance) == ("open", False)


@pytest.mark.django_db(transaction=True)
def test_stripe_does_not_collect_when_a_checkout_opens_during_finalization(
    simulator, stripe_api, connection, customer
):
    invoice = builders.invoice(customer)
    simulator.faults.add("invoices.finalize_invoice", "slow", seconds=0.7)

    def open_during_finalization():
        until(lambda: simulator.faults.all()[0]["fired"], "Stripe is finalizing")
        pending_checkout(invoice)
        database.close()

    payer = Thread(target=open_during_finalization)
    payer.start()
    push(connection, Kind.INVOICE, invoice.id)
    payer.join()
    (found,) = stripe_api.v1.invoices.list().data
    assert (found.status, found.auto_advance) == ("open", False)
    assert writes(simulator)[-1] == "invoices.update"
