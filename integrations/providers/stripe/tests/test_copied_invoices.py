"""What is copied at Stripe together with FlexSync's marks is neither waited for nor taken for FlexSync's."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Invoice, Plan, Price
from integrations.inbox import processing
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import finish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice(pipelines, customer):
    """Finalized here, and pushed because its switch is on."""
    invoice = builders.invoice(customer)
    pipelines.settle()
    return invoice


def mapping_of(invoice):
    return EntityMapping.objects.get(entity_type=Kind.INVOICE, entity_id=invoice.id)


@pytest.fixture
def duplicate(stripe_api, invoice):
    """Makes what "Duplicate invoice" makes in the dashboard: the metadata comes along."""

    def duplicate():
        original = stripe_api.v1.invoices.retrieve(mapping_of(invoice).provider_entity_id)
        given = {
            "customer": str(original.customer),
            "currency": "usd",
            "metadata": original.metadata.to_dict(),
        }
        made = stripe_api.v1.invoices.create(given).id
        return stripe_api.v1.invoices.add_lines(made, {"lines": [{"amount": 700, "description": "Again"}]}).id

    return duplicate


def test_a_copy_is_imported_as_an_invoice_of_its_own(pipelines, stripe_api, invoice, duplicate):
    copy = duplicate()
    stripe_api.v1.invoices.finalize_invoice(copy)
    pipelines.settle()
    imported = Invoice.objects.get(is_external=True)
    assert (imported.total, imported.status, mapping_of(imported).provider_entity_id) == (
        7,
        "finalized",
        copy,
    )
    pipelines.simulator.pay_invoice(copy)
    pipelines.settle()
    imported.refresh_from_db()
    invoice.refresh_from_db()
    assert (imported.payment_status, invoice.payment_status, invoice.amount_paid) == (
        "succeeded",
        "pending",
        0,
    )
    assert pipelines.unsettled() == []


def test_a_copy_of_an_invoice_that_has_no_counterpart_is_imported_too(pipelines, invoice, duplicate):
    duplicate()
    mapping_of(invoice).delete()
    pipelines.settle()
    assert Invoice.objects.filter(is_external=True).count() == 1 and pipelines.unsettled() == []


def test_a_copy_is_ignored_while_such_invoices_are(pipelines, connection, duplicate):
    connection.invoice_inbound_enabled = False
    connection.save()
    duplicate()
    pipelines.settle()
    assert (Invoice.objects.count(), pipelines.unsettled()) == (1, [])


def test_what_flexsync_made_before_is_not_imported_as_another_debt(pipelines, stripe_api, invoice):
    mapping = mapping_of(invoice)
    mapping.delete()
    stripe_api.v1.invoices.update(mapping.provider_entity_id, {"auto_advance": False})
    pipelines.settle()
    event = InboundEvent.objects.filter(type="invoice.updated").latest("received_at", "id")
    assert event.state == "ignored" and "link the two by hand (POST /v1/mappings" in event.reason
    assert Invoice.objects.count() == 1


def test_an_invoice_on_its_way_is_waited_for(pipelines, stripe_api, customer):
    """The events of the draft arrive before the push has its answer."""
    pipelines.settle()
    pipelines.simulator.faults.add("invoices.create", "reset_after")
    invoice = builders.invoice(customer)
    worker.deliver_here(OutboundSync.objects.get(entity_id=invoice.id).pk)
    pipelines.simulator.flush_deliveries()
    event = InboundEvent.objects.get(type="invoice.created")
    processing.process(event.id, timezone.now())
    event.refresh_from_db()
    assert event.state == "pending" and f"Waits until the push of {invoice.id}" in event.reason
    finish(pipelines)
    assert (Invoice.objects.count(), pipelines.unsettled()) == (1, []) and mapping_of(invoice)


def test_prices_made_for_plain_amounts_are_no_plans(pipelines, invoice, customer, connection):
    pipelines.simulator.settings(plain_amount_events=True)
    builders.invoice(customer, builders.LINES[:1])
    pipelines.settle()
    events = InboundEvent.objects.filter(type__in=["product.created", "price.created"])
    assert {event.state for event in events} == {"ignored"} and events.count() >= 2
    assert all("own call made it" in event.reason for event in events)
    assert (Plan.objects.count(), Price.objects.count()) == (0, 0)


def test_a_product_that_a_person_makes_is_a_plan(pipelines, stripe_api, connection):
    stripe_api.v1.products.create({"name": "Engine"})
    pipelines.settle()
    assert Plan.objects.get().name == "Engine"
