"""What Stripe makes behind the scenes for FlexSync's own lines is never brought here, by whichever event."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Invoice, Plan, Price, Subscription
from integrations.inbox import retention
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.testing import golden, receive_signed
from integrations.providers.stripe.tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
PRODUCT, OWN = "prod_Inlineusd", {"id": "req_1", "idempotency_key": "flexsync-of-another-installation"}


@pytest.fixture
def lines(pipelines, customer):
    """An invoice of plain amounts, sent to a Stripe that tells of the products and prices behind them."""
    pipelines.simulator.settings(plain_amount_events=True)
    builders.invoice(customer, builders.LINES[:1])
    pipelines.settle()
    assert {event.state for event in of(PRODUCT)} == {"ignored"}


def of(stripe_id):
    return InboundEvent.objects.filter(object_id=stripe_id)


def price_of_a_line():
    return InboundEvent.objects.filter(type="price.created").first().object_id


def nothing_came():
    return (Plan.objects.count(), Price.objects.count()) == (0, 0)


def test_a_person_who_changes_them_makes_no_plan(pipelines, stripe_api, lines):
    stripe_api.v1.products.update(PRODUCT, {"name": "Renamed"})
    stripe_api.v1.prices.update(price_of_a_line(), {"nickname": "Renamed"})
    pipelines.settle()
    updates = InboundEvent.objects.filter(type__in=["product.updated", "price.updated"])
    assert [(event.state, "own call made it" in event.reason) for event in updates] == [("ignored", True)] * 2
    assert nothing_came()


def test_neither_in_one_batch_with_their_creation(pipelines, stripe_api, customer):
    pipelines.settle()
    pipelines.simulator.settings(plain_amount_events=True)
    invoice = builders.invoice(customer, builders.LINES[:1])
    worker.deliver_here(OutboundSync.objects.get(entity_id=invoice.pk).pk)
    stripe_api.v1.products.update(PRODUCT, {"name": "Renamed"})
    pipelines.simulator.flush_deliveries()
    assert {event.state for event in of(PRODUCT)} == {"pending"}
    pipelines.settle()
    assert {event.state for event in of(PRODUCT)} == {"ignored"} and of(PRODUCT).count() == 2
    assert nothing_came()


def test_nor_once_the_event_of_their_creation_is_pruned(pipelines, stripe_api, lines):
    retention.prune(timezone.now() + timedelta(days=90), days=30)
    assert of(PRODUCT).get().payload == {}
    stripe_api.v1.products.update(PRODUCT, {"name": "Renamed"})
    pipelines.settle()
    assert nothing_came() and pipelines.unsettled() == []


def test_their_deletion_makes_no_archived_plan(connection, lines):
    event = golden("product_deleted__plain")
    event["data"]["object"]["id"] = PRODUCT
    row = receive_signed(connection, event)
    assert row.state == "ignored" and "own call made it" in row.reason and nothing_came()


def test_an_invoice_that_names_them_is_imported_without(pipelines, stripe_api, customer, lines):
    owner = EntityMapping.objects.get(entity_type=Kind.CUSTOMER).provider_entity_id
    made = stripe_api.v1.invoices.create({"customer": owner, "currency": "usd"}).id
    amount = int(builders.LINES[0].amount * 100) or 3750
    stripe_api.v1.invoices.add_lines(made, {"lines": [{"amount": amount, "description": "Again"}]})
    stripe_api.v1.invoices.finalize_invoice(made)
    pipelines.settle()
    imported = Invoice.objects.get(is_external=True)
    assert imported.status == "finalized" and imported.lines.get().price is None and nothing_came()


def test_a_subscription_that_names_them_is_ignored(pipelines, connection, lines):
    event = golden("customer_subscription_created__one_item")
    event["data"]["object"]["customer"] = EntityMapping.objects.get(entity_type="customer").provider_entity_id
    (item,) = event["data"]["object"]["items"]["data"]
    item["price"] |= {"id": price_of_a_line(), "product": PRODUCT, "metadata": {}}
    row = receive_signed(connection, event)
    assert row.state == "ignored" and "for a line of FlexSync's own call" in row.reason
    assert nothing_came() and not Subscription.objects.exists()


@pytest.mark.parametrize(
    "name",
    ["product_created__plain", "price_created__monthly", "customer_created__bare",
     "customer_subscription_created__one_item"],
)  # fmt: skip
def test_what_another_installation_made_is_ignored(connection, name):
    row = receive_signed(connection, golden(name) | {"request": OWN})
    assert row.state == "ignored" and "own call made it" in row.reason and not EntityMapping.objects.exists()
