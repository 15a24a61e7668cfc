"""An invoice is voided here only if it can be voided at Stripe; what has ended there already is no error."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from billing.services.invoices import endings, invoices
from integrations.models import OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.excess.steps import (
    balance,
    excess_of,
    open_page,
    pay,
    refund_duplicate,
    refunded,
    unheard,
)
from integrations.providers.stripe.tests.paying.steps import (
    body,
    charge,
    finish,
    fresh,
    stripe_id_of,
    stripe_invoice,
    transfer,
)
from integrations.providers.stripe.tests.taking.both_sides import assert_nothing_waits
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


def void(invoice):
    return endings.void(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())


def paid_in_part(stripe_api, invoice):
    """14.00 USD at Stripe, of which FlexSync has not heard."""
    found = stripe_invoice(stripe_api, invoice)
    params = {"amount": 1400, "currency": "usd", "customer": found.customer, "confirm": True}
    method = {"payment_method": "pm_card_visa", "off_session": True}
    intent = stripe_api.v1.payment_intents.create(params | method)
    stripe_api.v1.invoices.attach_payment(found.id, {"payment_intent": intent.id})


def test_it_is_looked_at_first(pipelines, stripe_api, invoice, api):
    pipelines.simulator.delivery_settings(drop=-1)
    paid_in_part(stripe_api, invoice)
    refused = body(api.post(f"/invoices/{invoice.pk}/void"), 409)
    assert refused["code"] == "invoice_paid" and "credit note" in refused["message"]
    assert (fresh(invoice).status, invoice.amount_paid) == ("finalized", Decimal(14))
    pipelines.settle()
    assert (stripe_invoice(stripe_api, invoice).status, stripe_invoice(stripe_api, invoice).auto_advance) == (
        "open",
        True,
    )
    assert_nothing_waits()


@pytest.mark.parametrize("end", [endings.void, endings.mark_uncollectible], ids=lambda end: end.__name__)
def test_while_a_bank_works_on_a_payment_it_is_not_ended(pipelines, stripe_api, invoice, end):
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id, "000123456789")
    with pytest.raises(Conflict) as refusal:
        end(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())
    assert refusal.value.code == "payment_in_progress"
    assert fresh(invoice).payment_status == "processing"


def test_what_was_not_paid_is_void_on_both_sides(pipelines, stripe_api, invoice):
    void(invoice)
    pipelines.settle()
    assert (fresh(invoice).status, stripe_invoice(stripe_api, invoice).status) == ("voided", "void")
    assert_nothing_waits()


@pytest.mark.parametrize(("end", "there"), [("void", "void_invoice"), ("mark_uncollectible",) * 2])
def test_what_has_ended_there_already_is_no_error(pipelines, stripe_api, invoice, end, there):
    pipelines.simulator.delivery_settings(drop=-1)
    getattr(stripe_api.v1.invoices, there)(stripe_invoice(stripe_api, invoice).id)
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    getattr(invoices, end)(**place, now=timezone.now())
    pipelines.settle()
    assert_nothing_waits()


def test_money_that_came_before_it_was_given_up_counts(pipelines, stripe_api, invoice):
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    invoices.mark_uncollectible(**place, now=timezone.now())
    pipelines.settle()
    assert fresh(invoice).payment_status == "succeeded"
    assert_nothing_waits()


def test_a_void_that_stripe_refuses_says_what_to_do_instead(pipelines, stripe_api, connection, invoice):
    """Paid in part after the look: the money counts, and shows."""
    pipelines.simulator.delivery_settings(drop=-1)
    paid_in_part(stripe_api, invoice)
    place = {"environment_id": invoice.environment_id, "invoice_id": invoice.pk}
    invoices.void(**place, now=timezone.now())
    assert push(connection, Kind.INVOICE, invoice.pk).state == "blocked"
    assert "credit note" in OutboundSync.objects.get(state="blocked").last_error
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("overpaid", Decimal(14))


def test_a_void_at_stripe_counts_whatever_was_received(pipelines, stripe_api, connection, invoice):
    """The customer pays on an old page after the void, and FlexSync hears of the money first."""
    page = open_page(connection, invoice)
    with unheard(pipelines):
        stripe_api.v1.invoices.void_invoice(stripe_invoice(stripe_api, invoice).id)
        pay(pipelines, page)
    with pytest.raises(Conflict):
        charge(connection, invoice)
    finish(pipelines)
    assert (fresh(invoice).status, invoice.payment_status) == ("voided", "overpaid")
    assert excess_of(invoice) == (Decimal(54), [page.pk])
    assert_nothing_waits()


def test_what_was_paid_before_it_could_be_voided_is_an_excess(pipelines, stripe_api, connection, invoice):
    invoices.void(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)
    finish(pipelines)
    assert stripe_invoice(stripe_api, invoice).status == "paid"
    assert (fresh(invoice).status, invoice.payment_status) == ("voided", "overpaid")
    assert_nothing_waits()


def test_what_was_paid_before_counts_although_a_look_failed(pipelines, stripe_api, connection, invoice):
    with unheard(pipelines):
        there = stripe_invoice(stripe_api, invoice).id
        stripe_api.v1.credit_notes.create({"invoice": there, "amount": 1400})
        pipelines.simulator.pay_invoice(there)
    invoices.void(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())
    pipelines.simulator.faults.add("credit_notes.list", "500_before")
    assert push(connection, Kind.INVOICE, invoice.pk).state == "sending"
    finish(pipelines)
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("overpaid", Decimal(40))
    assert_nothing_waits()


@pytest.mark.parametrize(("before", "paid"), [(500, 59), (-400, 50)], ids=["debt", "credit"])
def test_of_what_was_paid_before_it_could_be_voided_all_goes_back(
    pipelines, stripe_api, connection, customer, invoice, before, paid
):
    """Also what the customer's balance had added to it, or taken off it."""
    there = stripe_id_of(Kind.CUSTOMER, customer.pk)
    stripe_api.v1.customers.balance_transactions.create(there, {"amount": before, "currency": "usd"})
    second = builders.invoice(customer)
    pipelines.settle()
    invoices.void(environment_id=second.environment_id, invoice_id=second.pk, now=timezone.now())
    with unheard(pipelines):
        pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, second).id)
    finish(pipelines)
    assert excess_of(second)[0] == Decimal(paid)
    refund_duplicate(second)
    pipelines.settle()
    assert stripe_invoice(stripe_api, second).status == "paid"
    assert refunded(stripe_api) == [100 * paid] and balance(stripe_api, second) == before
    assert fresh(customer).balances[connection.pk] == {"USD": f"{before / 100:.2f}"}
    assert_nothing_waits()


@pytest.mark.parametrize("status", ["paused", "broken"])
def test_while_the_connection_is_stopped_it_is_refused(pipelines, connection, invoice, status):
    connection.status = status
    connection.save()
    with pytest.raises(Conflict) as refusal:
        void(invoice)
    assert refusal.value.code == "connection_stopped"
    assert fresh(invoice).status == "finalized"


def test_what_is_uncollectible_is_not_collected_again(pipelines, stripe_api, connection, invoice):
    endings.mark_uncollectible(
        environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now()
    )
    pipelines.settle()
    transfer(invoice, "20.00")
    pipelines.settle()
    found = stripe_invoice(stripe_api, invoice)
    assert (found.status, found.auto_advance, found.amount_remaining) == ("uncollectible", False, 3400)
