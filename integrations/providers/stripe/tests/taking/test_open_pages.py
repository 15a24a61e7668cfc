"""A checkout page is open when the debt changes in another way: it is closed, before anyone pays twice."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.facts import PaymentFacts
from billing.services.invoices import invoices
from billing.services.payments import payments
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import charge, fresh, stripe_invoice
from integrations.providers.stripe.tests.taking.both_sides import (
    ASKING,
    TOTAL,
    assert_agreed,
    assert_nothing_waits,
    money_taken,
    refusal_of,
)
from integrations.providers.stripe.tests.test_round_trips import open_checkout

pytestmark = pytest.mark.django_db(transaction=True)
# A card whose bank asks the customer each time.
CHALLENGED = "4000002760003184"


@pytest.fixture
def page(connection, invoice):
    """The payment of a page that a customer has open."""
    return open_checkout(connection, invoice)


def transferred(invoice, amount):
    facts = PaymentFacts(
        customer_id=invoice.customer_id,
        invoice_id=invoice.pk,
        amount=amount,
        currency="USD",
        status="succeeded",
        method="bank_transfer",
    )
    return payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())


def void(_pipelines, _stripe_api, invoice):
    invoices.void(environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now())


def void_at_stripe(_pipelines, stripe_api, invoice):
    stripe_api.v1.invoices.void_invoice(stripe_invoice(stripe_api, invoice).id)


def uncollectible(_pipelines, _stripe_api, invoice):
    invoices.mark_uncollectible(
        environment_id=invoice.environment_id, invoice_id=invoice.pk, now=timezone.now()
    )


def part_transferred(_pipelines, _stripe_api, invoice):
    transferred(invoice, Decimal(14))


def all_transferred(_pipelines, _stripe_api, invoice):
    transferred(invoice, builders.TOTAL)


def paid_on_the_hosted_page(pipelines, stripe_api, invoice):
    pipelines.simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id)


def collected_by_stripe(_pipelines, stripe_api, invoice):
    stripe_api.v1.invoices.pay(stripe_invoice(stripe_api, invoice).id, {"payment_method": "pm_card_visa"})


FACTS = {
    void: 0,
    void_at_stripe: 0,
    uncollectible: 0,
    part_transferred: 0,
    all_transferred: 0,
    paid_on_the_hosted_page: TOTAL,
    collected_by_stripe: TOTAL,
}


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_nobody_can_pay_on_it_any_more(pipelines, stripe_api, connection, invoice, page, card, fact):
    if fact is collected_by_stripe:
        card()
    fact(pipelines, stripe_api, invoice)
    pipelines.settle()
    assert stripe_api.v1.checkout.sessions.retrieve(page.gateway_session_id).status == "expired"
    assert (fresh(page).status, page.is_open_at_gateway) == ("cancelled", False)
    assert pipelines.simulator.pay_checkout_session(page.gateway_session_id).status_code >= 400
    pipelines.settle()
    assert money_taken(stripe_api) == FACTS[fact]
    assert_nothing_waits()


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
def test_a_customer_who_confirms_later_pays_nothing(
    pipelines, stripe_api, connection, invoice, page, card, heard
):
    """Their bank asks them on a page of its own, which stays open while ours is closed."""
    card()
    asked = pipelines.simulator.pay_checkout_session(page.gateway_session_id, CHALLENGED)
    intent = asked.headers["location"].rpartition("/")[2]
    if heard:
        pipelines.settle()
    assert charge(connection, invoice).status == "succeeded"
    assert pipelines.simulator.answer_challenge(intent, True).status_code == 404
    pipelines.settle()
    assert (fresh(page).status, page.is_open_at_gateway) == ("cancelled", False)
    assert money_taken(stripe_api) == TOTAL
    assert_agreed(stripe_api, invoice)
    assert_nothing_waits()


def test_a_page_that_ends_in_time_ends_its_payment(pipelines, stripe_api, connection, invoice, page):
    pipelines.simulator.pay_checkout_session(page.gateway_session_id, CHALLENGED)
    pipelines.simulator.advance_clock(24 * 3600 + 1)
    pipelines.settle()
    assert (fresh(page).status, page.is_open_at_gateway) == ("cancelled", False)
    assert fresh(invoice).payment_status == "pending"
    assert_nothing_waits()


def test_what_remains_after_a_part_is_asked_for_on_another_page(
    pipelines, stripe_api, connection, invoice, page
):
    transferred(invoice, Decimal(14))
    pipelines.settle()
    second = open_checkout(connection, invoice)
    assert (second.pk != page.pk, second.amount) == (True, Decimal(40))
    pipelines.simulator.pay_checkout_session(second.gateway_session_id)
    pipelines.settle()
    assert money_taken(stripe_api) == 4000
    assert_agreed(stripe_api, invoice)
    assert_nothing_waits()


def test_a_page_that_is_paid_before_it_could_be_closed_is_shown_as_excess(
    pipelines, stripe_api, connection, invoice, page
):
    transferred(invoice, builders.TOTAL)
    pipelines.simulator.pay_checkout_session(page.gateway_session_id)
    pipelines.settle()
    assert fresh(page).status == "succeeded"
    assert (fresh(invoice).payment_status, invoice.amount_paid) == ("overpaid", 2 * builders.TOTAL)


def test_a_page_paid_with_its_webhooks_lost_counts_once_it_cannot_be_closed(
    pipelines, stripe_api, connection, invoice, page, card
):
    card()
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.pay_checkout_session(page.gateway_session_id)
    assert refusal_of(charge, connection, invoice) == "invoice_paid"
    assert (fresh(page).status, money_taken(stripe_api)) == ("succeeded", TOTAL)
    pipelines.settle()
    assert_agreed(stripe_api, invoice)


def test_a_charge_closes_it_first(pipelines, stripe_api, connection, invoice, page, card):
    card()
    assert charge(connection, invoice).status == "succeeded"
    assert stripe_api.v1.checkout.sessions.retrieve(page.gateway_session_id).status == "expired"
    pipelines.settle()
    assert_agreed(stripe_api, invoice)
    assert_nothing_waits()


def test_a_bank_debit_of_a_page_is_shown_and_nothing_is_asked_beside_it(
    pipelines, stripe_api, connection, invoice, page, card
):
    card()
    pipelines.simulator.delivery_settings(drop=-1)
    pipelines.simulator.pay_checkout_session(page.gateway_session_id, "000123456789")
    for ask in ASKING:
        assert refusal_of(
            ask, connection, invoice, **({} if ask is charge else {"save_as_default": True})
        ) == ("payment_in_progress")
        assert (fresh(page).status, fresh(invoice).payment_status) == ("processing", "processing")
        with pytest.raises(Conflict) as refused:
            ask(connection, invoice)
        assert refused.value.details == {"payment_id": page.pk}
    assert money_taken(stripe_api) == 0
    # Days later it has come, which a look at the page shows.
    pipelines.simulator.advance_clock(5 * 86400)
    assert refusal_of(charge, connection, invoice) == "invoice_paid"
    assert (fresh(page).status, money_taken(stripe_api)) == ("succeeded", TOTAL)
