"""An invoice at two accounts is collected by one: the other has a draft until the money has come."""

from decimal import Decimal

import pytest
import stripe as sdk
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Customer, Invoice
from billing.services import environments
from billing.services.customers import customers
from billing.services.payments import payments
from billing.tests.admin.pages import page
from billing.tests.api_errors import assert_error
from integrations.models import EntityMapping, OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.version import API_VERSION
from integrations.testing import make_connection, push

pytestmark = pytest.mark.django_db
OTHER_KEY = "sk_test_other"


@pytest.fixture
def second(simulator, environment, connection):
    return make_connection(environment.id, "stripe", name="Second", credentials={"secret_key": OTHER_KEY})


@pytest.fixture
def other_api(simulator):
    return sdk.StripeClient(
        OTHER_KEY + "_person", base_addresses={"api": simulator.base_url}, stripe_version=API_VERSION
    )


@pytest.fixture
def invoice(connection, second, customer):
    """An invoice that the first connection collects."""
    place = {"environment_id": customer.environment_id, "customer_id": customer.id}
    customers.update(**place, changes={"connection_id": connection.pk})
    return builders.invoice(customer)


@pytest.fixture
def api(environment):
    _, key = environments.create_api_key(environment=environment, name="tests", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


def at(stripe_api, connection, invoice):
    mapping = EntityMapping.objects.get(connection=connection, entity_id=invoice.pk)
    return stripe_api.v1.invoices.retrieve(mapping.provider_entity_id)


def deliver():
    """Delivers all that is due, until nothing is."""
    for _ in range(10):
        waiting = OutboundSync.objects.filter(state__in=("pending", "sending"))
        if not waiting:
            return
        for sync in waiting.order_by("created_at"):
            OutboundSync.objects.filter(pk=sync.pk).update(next_attempt_at=None)
            worker.deliver(sync.pk, now=timezone.now())


def test_a_mirror_asks_nobody_until_the_invoice_is_paid(
    stripe_api, other_api, connection, second, customer, invoice
):
    deliver()
    assert at(stripe_api, connection, invoice).status == "open"
    assert at(other_api, second, invoice).status == "draft"
    facts = PaymentFacts(
        customer.id, invoice.total, "USD", invoice_id=invoice.pk, status="succeeded", method="bank_transfer"
    )
    payments.create(environment_id=customer.environment_id, facts=facts, now=timezone.now())
    deliver()
    mirrored = at(other_api, second, invoice)
    assert (mirrored.status, mirrored.amount_remaining, mirrored.auto_advance) == ("paid", 0, False)
    assert {intent.status for intent in other_api.v1.payment_intents.list().data} == {"canceled"}
    collected = at(stripe_api, connection, invoice)
    assert collected.status == "paid"
    assert not OutboundSync.objects.exclude(state="done").exists()
    invoice.refresh_from_db()
    assert (invoice.hosted_invoice_url, invoice.pdf_url) == (
        collected.hosted_invoice_url,
        collected.invoice_pdf,
    )


@pytest.mark.parametrize("balance", [-1000, -9000, 500])
def test_a_mirror_leaves_the_balance_as_it_was(other_api, second, customer, invoice, balance):
    deliver()
    there = EntityMapping.objects.get(connection=second, entity_id=customer.pk).provider_entity_id
    other_api.v1.customers.update(there, {"balance": balance})
    facts = PaymentFacts(
        customer.id, invoice.total, "USD", invoice_id=invoice.pk, status="succeeded", method="bank_transfer"
    )
    payments.create(environment_id=customer.environment_id, facts=facts, now=timezone.now())
    deliver()
    assert at(other_api, second, invoice).status == "paid"
    assert other_api.v1.customers.retrieve(there).balance == balance
    assert push(second, Kind.INVOICE, invoice.pk).state == "done"
    invoice.refresh_from_db()
    assert (invoice.payment_status, invoice.balance_applied) == ("succeeded", 0)


@pytest.mark.parametrize("balance", [-1000, -9000])
def test_the_balance_is_given_back_although_that_failed_at_first(
    simulator, other_api, second, customer, invoice, balance
):
    deliver()
    there = EntityMapping.objects.get(connection=second, entity_id=customer.pk).provider_entity_id
    other_api.v1.customers.update(there, {"balance": balance})
    simulator.faults.add("customers.balance_transactions.create", "500_before")
    facts = PaymentFacts(
        customer.id, invoice.total, "USD", invoice_id=invoice.pk, status="succeeded", method="bank_transfer"
    )
    payments.create(environment_id=customer.environment_id, facts=facts, now=timezone.now())
    deliver()
    assert at(other_api, second, invoice).status == "paid"
    assert other_api.v1.customers.retrieve(there).balance == balance


def test_a_void_deletes_the_mirrors_draft(other_api, second, api, invoice):
    deliver()
    draft = at(other_api, second, invoice).id
    api.post(f"/v1/invoices/{invoice.pk}/void")
    deliver()
    with pytest.raises(sdk.InvalidRequestError):
        other_api.v1.invoices.retrieve(draft)


def test_only_the_collector_charges_and_opens_pages(api, connection, second, invoice):
    deliver()
    body = {"invoice_id": invoice.pk}
    urls = {"success_url": "https://shop.example/", "cancel_url": "https://shop.example/"}
    for path, more in (("charge", {}), ("checkout", urls)):
        answer = api.post(f"/v1/payments/stripe/{path}?connection_id={second.pk}", body | more)
        assert_error(answer, 409, "collected_elsewhere", connection_id=f"Send {connection.pk}")
    opened = api.post("/v1/payments/stripe/checkout", body | urls)
    assert opened.status_code == 201
    payment = invoice.payments.get()
    assert payment.connection_id == connection.pk


def test_moving_closes_at_the_first_before_the_second_opens(
    api, stripe_api, other_api, connection, second, invoice
):
    deliver()
    urls = {"success_url": "https://shop.example/", "cancel_url": "https://shop.example/"}
    session = api.post("/v1/payments/stripe/checkout", {"invoice_id": invoice.pk} | urls).json()["session_id"]
    moved = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk})
    assert (moved.status_code, moved.json()["connection_id"]) == (200, second.pk)
    # The second one's push comes first, and waits.
    sync = push(second, Kind.INVOICE, invoice.pk)
    assert (sync.state, at(other_api, second, invoice).status) == ("sending", "draft")
    assert f"Waits until {connection.pk} has closed" in sync.last_error
    answer = api.post("/v1/payments/stripe/charge", {"invoice_id": invoice.pk})
    assert_error(answer, 409, "payment_in_progress", sync_id=sync.pk)
    deliver()
    assert stripe_api.v1.checkout.sessions.retrieve(session).status == "expired"
    assert at(stripe_api, connection, invoice).status == "void"
    assert at(other_api, second, invoice).status == "open"
    invoice.refresh_from_db()
    assert (invoice.status, invoice.amount_remaining) == ("finalized", Decimal("54.00"))


@pytest.mark.parametrize("has_card", [False, True])
def test_what_is_paid_at_the_first_meanwhile_is_asked_for_nowhere(
    api, simulator, stripe_api, other_api, connection, second, customer, invoice, has_card
):
    deliver()
    if has_card:
        there = EntityMapping.objects.get(connection=second, entity_id=customer.pk).provider_entity_id
        card = other_api.v1.payment_methods.attach("pm_card_visa", {"customer": there}).id
        other_api.v1.customers.update(there, {"invoice_settings": {"default_payment_method": card}})
    assert api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk}).status_code == 200
    # The hosted page of the first, before its invoice is voided; no webhook arrives.
    simulator.pay_invoice(at(stripe_api, connection, invoice).id)
    deliver()
    simulator.advance_clock(2 * 3600)
    deliver()
    mirrored = at(other_api, second, invoice)
    assert (mirrored.status, mirrored.amount_remaining) == ("paid", 0)
    assert not [one for one in other_api.v1.payment_intents.list().data if one.status == "succeeded"]
    invoice.refresh_from_db()
    assert (invoice.payment_status, invoice.amount_paid) == ("succeeded", invoice.total)
    assert invoice.payments.get().connection_id == connection.pk
    assert not OutboundSync.objects.exclude(state="done").exists()


def test_a_move_looks_first(api, simulator, stripe_api, connection, second, invoice):
    deliver()
    simulator.pay_invoice(at(stripe_api, connection, invoice).id, "000123456789")
    answer = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk})
    assert_error(answer, 409, "payment_in_progress")
    invoice.refresh_from_db()
    assert (invoice.connection_id, invoice.payment_status) == (connection.pk, "processing")


def test_what_was_paid_by_bank_transfer_in_part_stays(api, connection, second, customer, invoice):
    deliver()
    facts = PaymentFacts(customer.id, Decimal(20), "USD", invoice_id=invoice.pk, status="succeeded")
    payments.create(environment_id=customer.environment_id, facts=facts, now=timezone.now())
    deliver()
    answer = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk})
    assert_error(answer, 409, "invoice_paid")


def test_what_was_credited_stays(api, connection, second, invoice):
    deliver()
    answer = api.post("/v1/credit_notes", {"invoice_id": invoice.pk, "amount": "14.00"})
    assert answer.status_code == 201, answer.json()
    answer = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk})
    assert_error(answer, 409, "invoice_credited")


def test_what_is_partly_paid_cannot_be_moved(api, connection, second, customer, invoice):
    facts = PaymentFacts(
        customer.id, Decimal(10), "USD", invoice_id=invoice.pk, status="succeeded", gateway="stripe",
        connection_id=connection.pk, gateway_payment_id="pi_1",
    )  # fmt: skip
    payments.create(environment_id=customer.environment_id, facts=facts, now=timezone.now())
    answer = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk})
    assert_error(answer, 409, "invoice_paid")
    assert Invoice.objects.get(pk=invoice.pk).connection_id == connection.pk


def test_what_credit_has_settled_stays(api, stripe_api, connection, second, customer, invoice):
    push(connection, Kind.CUSTOMER, customer.pk)
    owner = EntityMapping.objects.get(connection=connection, entity_id=customer.pk).provider_entity_id
    credit = {"amount": -100_000, "currency": "usd"}
    stripe_api.v1.customers.balance_transactions.create(owner, credit)
    deliver()
    assert Invoice.objects.get(pk=invoice.pk).amount_remaining == 0
    answer = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk})
    assert_error(answer, 409, "invoice_paid")


def test_nothing_else_of_a_final_invoice_can_be_changed(api, second, invoice):
    answer = api.patch(f"/v1/invoices/{invoice.pk}", {"connection_id": second.pk, "description": "New"})
    assert_error(answer, 409, "invoice_not_draft")
    assert Invoice.objects.get(pk=invoice.pk).connection_id != second.pk


def test_an_operator_moves_an_invoice(client, connection, second, customer, invoice):
    client.force_login(User.objects.create_superuser("ada"))
    address = reverse("admin:integrations_outboundsync_collector", args=["invoice", invoice.pk])
    shown = client.get(page(Invoice, "change", invoice.pk)).content.decode()
    assert f"Change who collects ({connection})" in shown and address in shown
    assert f"Charge through {second}" not in shown
    client.post(address, {"connection_id": second.pk})
    invoice.refresh_from_db()
    assert invoice.connection_id == second.pk
    refused = client.post(address, {"connection_id": "conn_elsewhere"})
    assert "connection_id" in refused.context["form"].errors


def test_an_operator_chooses_who_collects_from_a_customer(client, connection, second, customer):
    client.force_login(User.objects.create_superuser("ada"))
    address = reverse("admin:integrations_outboundsync_collector", args=["customer", customer.pk])
    assert address in client.get(page(Customer, "change", customer.pk)).content.decode()
    client.post(address, {"connection_id": second.pk})
    assert builders.invoice(customer).connection_id == second.pk
