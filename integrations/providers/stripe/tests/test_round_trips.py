"""Whole round trips over HTTP: FlexSync calls the simulator, which sends signed webhooks to a live server."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Customer, Payment
from billing.services.customers import customers
from integrations.models import EntityMapping, InboundEvent
from integrations.payments import checkout
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invoice(pipelines, customer):
    """Finalized here, and pushed because its switch is on."""
    invoice = builders.invoice(customer)
    pipelines.settle()
    return invoice


def stripe_invoice(stripe_api, invoice):
    stripe_id = EntityMapping.objects.get(entity_type=Kind.INVOICE, entity_id=invoice.id).provider_entity_id
    return stripe_api.v1.invoices.retrieve(stripe_id)


def open_checkout(connection, invoice, **options):
    return checkout.open_checkout(
        connection,
        invoice_id=invoice.id,
        success_url="https://shop.example/thanks",
        cancel_url="https://shop.example/cart",
        now=timezone.now(),
        **options,
    )


def assert_paid_once(stripe_api, invoice):
    invoice.refresh_from_db()
    assert (invoice.payment_status, invoice.amount_paid, invoice.amount_remaining) == (
        "succeeded",
        builders.TOTAL,
        Decimal(0),
    )
    found = stripe_invoice(stripe_api, invoice)
    assert (found.status, found.amount_paid, found.amount_remaining) == ("paid", 5400, 0)
    assert Payment.objects.filter(status="succeeded").count() == 1


def test_a_checkout_pays_both_sides_once(pipelines, stripe_api, connection, invoice):
    payment = open_checkout(connection, invoice)
    assert payment.checkout_url.startswith(pipelines.simulator.base_url)
    assert stripe_invoice(stripe_api, invoice).auto_advance is False
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    payment.refresh_from_db()
    assert payment.gateway_payment_id.startswith("pi_") and not payment.is_external
    assert pipelines.unsettled() == []
    assert pipelines.writes().count("invoices.attach_payment") == 1
    applied = set(InboundEvent.objects.filter(state="applied").values_list("type", flat=True))
    assert {"checkout.session.completed", "payment_intent.succeeded", "invoice.paid"} <= applied


def test_a_decline_then_success_in_one_session_is_a_success(pipelines, stripe_api, connection, invoice):
    payment = open_checkout(connection, invoice)
    assert (
        pipelines.simulator.pay_checkout_session(payment.gateway_session_id, "4000000000000002").status_code
        == 402
    )
    pipelines.settle()
    payment.refresh_from_db()
    assert (payment.status, payment.failure_code) == ("failed", "generic_decline")
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_the_hosted_page_pays_both_sides_once(pipelines, stripe_api, invoice):
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    assert Payment.objects.get().is_external and pipelines.unsettled() == []


def test_an_external_payment_of_a_flexsync_invoice_needs_no_switch(
    pipelines, stripe_api, connection, invoice
):
    connection.payment_inbound_enabled = False
    connection.save()
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_what_was_paid_off_stripe_is_counted_once(pipelines, stripe_api, invoice):
    stripe_api.v1.invoices.pay(stripe_invoice(stripe_api, invoice).id, {"paid_out_of_band": True})
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    assert Payment.objects.get().method == "out_of_band"


def test_an_invoice_paid_before_its_push_is_paid_at_stripe_too(pipelines, stripe_api, connection, customer):
    connection.invoice_outbound_enabled = False
    connection.save()
    invoice = builders.invoice(customer)
    pipelines.settle()
    pipelines.simulator.pay_checkout_session(open_checkout(connection, invoice).gateway_session_id)
    pipelines.settle()
    connection.invoice_outbound_enabled = True
    connection.save()
    assert push(connection, Kind.INVOICE, invoice.id).state == "done"
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)


def test_a_checkout_with_other_options_expires_the_first(pipelines, stripe_api, connection, invoice):
    first = open_checkout(connection, invoice)
    second = open_checkout(connection, invoice, save_as_default=True)
    assert stripe_api.v1.checkout.sessions.retrieve(first.gateway_session_id).status == "expired"
    pipelines.simulator.pay_checkout_session(second.gateway_session_id)
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    first.refresh_from_db()
    assert first.status == "cancelled"


def test_no_second_checkout_once_the_first_was_paid(pipelines, stripe_api, connection, invoice):
    first = open_checkout(connection, invoice)
    # Its webhooks have not arrived yet.
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.pay_checkout_session(first.gateway_session_id)
    with pytest.raises(Conflict) as refusal:
        open_checkout(connection, invoice, save_as_default=True)
    assert refusal.value.code == "invoice_paid"
    assert [session.id for session in stripe_api.v1.checkout.sessions.list().data] == [
        first.gateway_session_id
    ]


def test_after_an_abandoned_checkout_stripe_collects_again(pipelines, stripe_api, connection, invoice):
    session = open_checkout(connection, invoice).gateway_session_id
    assert stripe_invoice(stripe_api, invoice).auto_advance is False
    stripe_api.v1.checkout.sessions.expire(session)
    pipelines.settle()
    assert stripe_invoice(stripe_api, invoice).auto_advance is True


def test_a_refund_made_at_stripe_is_imported(pipelines, stripe_api, connection, invoice):
    payment = open_checkout(connection, invoice)
    pipelines.simulator.pay_checkout_session(payment.gateway_session_id)
    pipelines.settle()
    payment.refresh_from_db()
    for amount, status in ((1400, "partially_refunded"), (4000, "refunded")):
        stripe_api.v1.refunds.create({"payment_intent": payment.gateway_payment_id, "amount": amount})
        pipelines.settle()
        payment.refresh_from_db()
        assert payment.status == status
    assert payment.amount_refunded == builders.TOTAL and pipelines.unsettled() == []


def test_voiding_at_stripe_voids_here_and_is_not_pushed_back(pipelines, stripe_api, invoice):
    before = pipelines.writes()
    stripe_api.v1.invoices.void_invoice(stripe_invoice(stripe_api, invoice).id)
    pipelines.settle()
    invoice.refresh_from_db()
    assert (invoice.status, invoice.amount_remaining) == ("voided", 0)
    assert pipelines.writes() == before and pipelines.unsettled() == []


def test_a_customer_created_at_stripe_is_imported_and_not_pushed_back(pipelines, stripe_api, environment):
    created = stripe_api.v1.customers.create({"name": "Grace Hopper", "email": "grace@example.com"})
    stripe_api.v1.customers.update(created.id, {"phone": "555"})
    pipelines.settle()
    found = Customer.objects.get(environment=environment, name="Grace Hopper")
    assert (found.email, found.phone) == ("grace@example.com", "555")
    assert pipelines.writes() == [] and pipelines.unsettled() == []


def test_an_event_of_an_own_call_changes_nothing(pipelines, customer):
    """The event of the first call arrives after the second change, and must not undo it."""
    pipelines.settle()
    customers.update(
        environment_id=customer.environment_id, customer_id=customer.id, changes={"email": "b@example.com"}
    )
    pipelines._work()
    customers.update(
        environment_id=customer.environment_id, customer_id=customer.id, changes={"email": "c@example.com"}
    )
    pipelines.settle()
    customer.refresh_from_db()
    assert customer.email == "c@example.com"
    echoes = InboundEvent.objects.filter(reason__contains="own call caused this event", is_echo=True).count()
    assert echoes == 3 and pipelines.writes() == ["customers.create", "customers.update", "customers.update"]
