"""Our own page was paid, and nobody has told us: whoever ends or charges its invoice hears of it first."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from billing.models import Payment
from integrations.models import Connection, EntityMapping
from integrations.providers.stripe.tests.excess.steps import open_page, pay, unheard
from integrations.providers.stripe.tests.paying.steps import body, charge, fresh, stripe_id_of
from integrations.providers.stripe.tests.taking.both_sides import (
    ASKING,
    assert_agreed,
    assert_nothing_waits,
    assert_paid_once,
    money_taken,
    refusal_of,
)

pytestmark = pytest.mark.django_db(transaction=True)

ENDING = {
    "invoices/{}/void": ({}, "invoice_paid"),
    "invoices/{}/mark_uncollectible": ({}, "invoice_paid"),
    "credit_notes": ({"amount": "5.00", "reason": "order_change"}, "credit_note_allocation"),
}


@pytest.fixture
def page(connection, invoice):
    return open_page(connection, invoice)


@pytest.mark.parametrize("what", ENDING)
def test_it_is_not_ended_as_if_it_were_unpaid(pipelines, stripe_api, invoice, page, api, what):
    request, code = ENDING[what]
    if what == "credit_notes":
        request = {**request, "invoice_id": invoice.pk}
    with unheard(pipelines):
        pay(pipelines, page)
        assert body(api.post(f"/{what.format(invoice.pk)}", json=request), 409)["code"] == code
        assert (fresh(invoice).status, invoice.payment_status) == ("finalized", "succeeded")
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
    assert_nothing_waits()


@pytest.mark.parametrize("what", ["void", "mark_uncollectible"])
def test_a_page_that_is_open_is_closed_before_its_invoice_ends(
    pipelines, stripe_api, invoice, page, api, what
):
    """Before: a customer who pays at that moment is either counted or sent away."""
    before = len(pipelines.simulator.requests())
    body(api.post(f"/invoices/{invoice.pk}/{what}"), 200)
    made = [call["operation"] for call in pipelines.simulator.requests()[before:]]
    assert made[:2] == ["checkout.sessions.expire", "invoices.retrieve"]
    assert stripe_api.v1.checkout.sessions.retrieve(page.gateway_session_id).status == "expired"
    pipelines.settle()
    assert (fresh(page).status, page.is_open_at_gateway) == ("cancelled", False)
    assert_nothing_waits()


def test_while_its_connection_is_stopped_nobody_knows(connection, invoice, page, api):
    """Its invoice itself is not at Stripe."""
    EntityMapping.objects.filter(entity_id=invoice.pk).delete()
    Connection.objects.filter(pk=connection.pk).update(status="paused")
    assert body(api.post(f"/invoices/{invoice.pk}/void"), 409)["code"] == "connection_stopped"
    Payment.objects.filter(pk=page.pk).update(checkout_expires_at=timezone.now() - timedelta(hours=1))
    body(api.post(f"/invoices/{invoice.pk}/void"), 200)


def test_a_page_that_has_expired_may_have_been_paid_before(
    pipelines, stripe_api, connection, invoice, page, card
):
    card()
    with unheard(pipelines):
        pay(pipelines, page)
        Payment.objects.filter(pk=page.pk).update(checkout_expires_at=timezone.now() - timedelta(days=1))
        assert refusal_of(charge, connection, invoice) == "invoice_paid"
    assert (fresh(page).status, money_taken(stripe_api)) == ("succeeded", 5400)
    pipelines.settle()
    assert_agreed(stripe_api, invoice)


def test_the_invoice_of_another_customer_is_not_paid(pipelines, stripe_api, connection, invoice, card):
    """As after a customer was unlinked, or made anew: Stripe attaches no payment to another one's invoice."""
    card()
    other = stripe_api.v1.customers.create({"email": "other@example.com"}).id
    own = stripe_id_of("customer", invoice.customer_id)
    mapping = EntityMapping.objects.filter(entity_id=invoice.customer_id)
    mapping.update(provider_entity_id=other)
    for ask in ASKING:
        assert refusal_of(ask, connection, invoice) == "customer_differs"
    assert not stripe_api.v1.checkout.sessions.list().data
    with pytest.raises(Conflict, match=f"Link the customer with {own} again, or void"):
        charge(connection, invoice)
    gone = {"entity_type": Kind.CUSTOMER, "provider_entity_id": own, "gone_at": timezone.now()}
    gone = EntityMapping.objects.create(connection=connection, former_entity_id=invoice.customer_id, **gone)
    with pytest.raises(Conflict, match=f"Void the invoice {invoice.pk} and bill it") as refused:
        charge(connection, invoice)
    assert "again" not in str(refused.value)
    gone.delete()
    mapping.update(provider_entity_id=own)
    assert charge(connection, invoice).status == "succeeded"
    pipelines.settle()
    assert_paid_once(stripe_api, invoice)
