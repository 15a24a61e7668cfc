"""How the collection goes at Stripe shows on the invoice here: attempts, failures, bank debits, sending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import PaymentFacts
from billing.models import Invoice, Payment
from billing.services.payments import payments
from integrations.inbox import processing
from integrations.models import EntityMapping, InboundEvent
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 86400


def stripe_id(kind, entity_id):
    return EntityMapping.objects.get(entity_type=kind, entity_id=entity_id).provider_entity_id


def give(stripe_api, customer, method):
    """Makes the payment method the default of the customer, who is at Stripe."""
    owner = stripe_id(Kind.CUSTOMER, customer.id)
    saved = stripe_api.v1.payment_methods.attach(method, {"customer": owner}).id
    stripe_api.v1.customers.update(owner, {"invoice_settings": {"default_payment_method": saved}})


@pytest.fixture
def send(pipelines, stripe_api, customer):
    """Pushes an invoice of a customer with this default payment method, None for one without any."""
    pipelines.settle()

    def send(method):
        if method:
            give(stripe_api, customer, method)
        invoice = builders.invoice(customer)
        pipelines.settle()
        return invoice

    return send


@pytest.fixture
def imported(pipelines, stripe_api, customer):
    """As ``send``, for an invoice that is made at Stripe."""
    pipelines.settle()

    def make(method):
        if method:
            give(stripe_api, customer, method)
        invoices, owner = stripe_api.v1.invoices, stripe_id(Kind.CUSTOMER, customer.id)
        made = invoices.create({"customer": owner, "currency": "usd", "auto_advance": True}).id
        invoices.add_lines(made, {"lines": [{"amount": 5400, "description": "Renewal"}]})
        invoices.finalize_invoice(made)
        pipelines.settle()
        return Invoice.objects.get(is_external=True)

    return make


def at_stripe(stripe_api, invoice):
    return stripe_api.v1.invoices.retrieve(stripe_id(Kind.INVOICE, invoice.id))


def assert_as_at_stripe(stripe_api, invoice):
    invoice.refresh_from_db()
    there = at_stripe(stripe_api, invoice)
    next_attempt = invoice.next_attempt_at and int(invoice.next_attempt_at.timestamp())
    assert (invoice.attempt_count, next_attempt) == (there.attempt_count, there.next_payment_attempt)


@pytest.mark.parametrize("made", ["send", "imported"])
@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        ("pm_card_authenticationRequired", "authentication_required"),
        (None, "payment_failed"),
    ],
)
def test_attempts_show_until_it_is_paid(request, pipelines, stripe_api, made, method, code):
    invoice = request.getfixturevalue(made)(method)
    for count in (1, 2):
        assert_as_at_stripe(stripe_api, invoice)
        assert (invoice.attempt_count, invoice.failure_code, bool(invoice.failure_message)) == (
            count,
            code,
            True,
        )
        pipelines.simulator.advance_clock(4 * DAY)
        pipelines.settle()
    pipelines.simulator.pay_invoice(stripe_id(Kind.INVOICE, invoice.id))
    pipelines.settle()
    assert_as_at_stripe(stripe_api, invoice)
    assert (invoice.payment_status, invoice.next_attempt_at, invoice.failure_code) == ("succeeded", None, "")


def test_what_stripe_no_longer_collects_has_no_next_attempt(pipelines, stripe_api, send):
    invoice = send(None)
    stripe_api.v1.invoices.update(stripe_id(Kind.INVOICE, invoice.id), {"auto_advance": False})
    pipelines.settle()
    assert_as_at_stripe(stripe_api, invoice)
    assert (invoice.attempt_count, invoice.next_attempt_at) == (1, None)


@pytest.mark.parametrize("newest_first", [True, False])
def test_events_of_one_second_end_the_same_in_any_order(pipelines, stripe_api, send, newest_first):
    invoice = send("pm_card_chargeCustomerFail")
    pipelines.simulator.advance_clock(4 * DAY)
    pipelines.simulator.flush_deliveries()
    events = InboundEvent.objects.filter(state="pending").order_by("received_at", "id")
    events.update(created=events.latest("created").created)
    for event in sorted(events, key=lambda event: event.received_at, reverse=newest_first):
        processing.process(event.id, timezone.now() + timedelta(hours=1))
    assert_as_at_stripe(stripe_api, invoice)
    assert (invoice.attempt_count, invoice.failure_code, pipelines.unsettled()) == (2, "generic_decline", [])


@pytest.mark.parametrize(
    ("account", "status", "code"),
    [("000123456789", "succeeded", ""), ("000222222227", "failed", "insufficient_funds")],
)
@pytest.mark.parametrize("reference", ["{invoice}", ""])
def test_a_bank_debit_is_seen_at_once(pipelines, send, account, status, code, reference):
    pipelines.simulator.settings(order_reference=reference)
    invoice = send(None)
    pipelines.simulator.pay_invoice(stripe_id(Kind.INVOICE, invoice.id), account)
    pipelines.settle()
    invoice.refresh_from_db()
    payment = Payment.objects.get()
    # It could have been a card as well: Stripe's intent says only what may be used.
    assert payment.method == ""
    assert (payment.invoice_id, payment.status, invoice.payment_status) == (
        invoice.id,
        "processing",
        "processing",
    )
    pipelines.simulator.advance_clock(5 * DAY)
    pipelines.settle()
    payment.refresh_from_db()
    invoice.refresh_from_db()
    assert (payment.status, invoice.payment_status, invoice.failure_code) == (status, status, code)


def to_be_sent(customer, **facts):
    due = timezone.now() + timedelta(days=9)
    return builders.invoice(customer, collection_method="send_invoice", due_date=due, **facts)


def sent_at_stripe(stripe_api, invoice):
    listed = stripe_api.v1.events.list({"type": "invoice.sent"}).data
    return [event.data.object["id"] for event in listed].count(stripe_id(Kind.INVOICE, invoice.id))


def test_an_invoice_to_be_sent_is_sent_once_and_not_advanced(pipelines, stripe_api, customer, connection):
    invoice = to_be_sent(customer)
    pipelines.settle()
    assert pipelines.writes()[-4:] == [
        "invoices.create", "invoices.add_lines", "invoices.finalize_invoice", "invoices.send_invoice",
    ]  # fmt: skip
    invoice.refresh_from_db()
    assert abs(invoice.sent_at - timezone.now()) < timedelta(minutes=2) and not invoice.overdue
    assert push(connection, Kind.INVOICE, invoice.id).state == "done"
    assert (sent_at_stripe(stripe_api, invoice), at_stripe(stripe_api, invoice).auto_advance) == (1, False)


def test_what_is_paid_here_is_not_sent(pipelines, stripe_api, customer):
    invoice = to_be_sent(customer)
    facts = PaymentFacts(customer.id, builders.TOTAL, "USD", invoice_id=invoice.id, status="succeeded")
    payments.create(environment_id=customer.environment_id, facts=facts, now=timezone.now())
    pipelines.settle()
    assert (sent_at_stripe(stripe_api, invoice), at_stripe(stripe_api, invoice).status) == (0, "paid")


def test_what_needs_no_payment_at_stripe_is_not_sent(pipelines, stripe_api, customer):
    pipelines.settle()
    credit = {"amount": -100_00, "currency": "usd"}
    stripe_api.v1.customers.balance_transactions.create(stripe_id(Kind.CUSTOMER, customer.id), credit)
    invoice = to_be_sent(customer)
    pipelines.settle()
    assert (sent_at_stripe(stripe_api, invoice), at_stripe(stripe_api, invoice).status) == (0, "paid")


def test_what_a_person_sends_again_is_kept(pipelines, stripe_api, customer):
    invoice = to_be_sent(customer)
    pipelines.settle()
    Invoice.objects.update(sent_at=timezone.now() - timedelta(days=1))
    stripe_api.v1.invoices.send_invoice(stripe_id(Kind.INVOICE, invoice.id))
    pipelines.settle()
    invoice.refresh_from_db()
    assert abs(invoice.sent_at - timezone.now()) < timedelta(minutes=2)
