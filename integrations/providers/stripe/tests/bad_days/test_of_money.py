"""Bad days of money: disputes, declines, pages that a customer left, and numbers that differ."""

import pytest
from django.utils import timezone

from billing.models import CreditNote, Payment
from integrations.inbox import processing
from integrations.models import Finding, InboundEvent
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.comparing.conftest import _at_once, compared
from integrations.providers.stripe.tests.excess.steps import open_page, unheard
from integrations.providers.stripe.tests.paying.steps import stripe_invoice
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.providers.stripe.translate.metadata import PAYMENT_ID

__all__ = ["_at_once", "compared"]
pytestmark = [pytest.mark.needs("chromium"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def invoice(pipelines, customer):
    """Of 54.00 USD, at both sides."""
    made = builders.invoice(customer)
    pipelines.settle()
    made.refresh_from_db()
    return made


def pays(desk, card):
    """The customer, on the invoice's page at Stripe."""
    desk.page.get_by_label("Email").fill("ada@example.com")
    desk.page.get_by_label("Card number").fill(card)
    desk.presses("Pay")


def payment_page(desk):
    """Follows the link to it, as a customer does who was sent it."""
    with desk.page.context.expect_page() as opened:
        desk.follows("Payment page ↗")
    desk.page = opened.value


def dispute_id(stripe_api):
    [dispute] = stripe_api.v1.disputes.list().data
    return dispute.id


def test_a_dispute(desk, simulator, stripe_api, pipelines, invoice):
    simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id, "4000000000000259")
    pipelines.settle()
    desk.home()
    desk.reads("Disputes to be answered", "54.00 USD", "left to respond", "Send the evidence at the provider")
    desk.opens_group("Disputes to be answered")
    desk.reads("Fraudulent", "54.00 USD", dispute_id(stripe_api))
    [dispute] = stripe_api.v1.disputes.list().data
    there = desk.page.get_by_role("link", name="Answer at the provider ↗").get_attribute("href")
    assert there.startswith(simulator.base_url) and there.endswith(dispute.payment_intent)
    stripe_api.v1.disputes.update(
        dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}, "submit": True}
    )
    pipelines.settle()
    desk.is_well()


def test_a_decline(desk, simulator, stripe_api, pipelines, invoice):
    simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id, "4000000000000002")
    pipelines.settle()
    desk.home()
    desk.reads("Invoices that could not be collected", "Your card was declined", "54.00 USD")
    desk.opens_group("Invoices that could not be collected")
    desk.reads("Your card was declined")
    payment_page(desk)
    pays(desk, "4242424242424242")
    pipelines.settle()
    desk.is_well()


def test_a_confirmation_that_the_customer_left(desk, simulator, stripe_api, pipelines, invoice):
    simulator.pay_invoice(stripe_invoice(stripe_api, invoice).id, "4000002760003184")
    pipelines.settle()
    desk.home()
    desk.reads("Payments that the customer has to confirm", "54.00 USD", "send the invoice's payment page")
    desk.opens_group("Payments that the customer has to confirm")
    payment_page(desk)
    pays(desk, "4000002760003184")
    desk.presses("Complete authentication")
    pipelines.settle()
    desk.is_well()


def test_totals_that_differ(desk, simulator, stripe_api, pipelines, invoice, compared):
    with unheard(pipelines):
        stripe_api.v1.credit_notes.create({"invoice": stripe_invoice(stripe_api, invoice).id, "amount": 400})
    assert compared().state == "done"
    desk.home()
    desk.reads("Differences between both sides", "4.00 USD", "push ours, take theirs, or accept")
    desk.opens_group("Differences between both sides")
    desk.reads("is only there", "4.00 USD", "It is not here, though it should be: take it")
    desk.follows("Take the provider's")
    desk.reads("Nothing was changed yet")
    desk.presses("Take Stripe's")
    carry_out_all()
    compared()
    assert set(Finding.objects.values_list("state", flat=True)) == {"healed"}
    invoice.refresh_from_db()
    assert invoice.amount_remaining == 50
    desk.is_well()


def test_a_credit_note_made_by_hand(desk, stripe_api, pipelines, invoice):
    stripe_api.v1.credit_notes.create({"invoice": stripe_invoice(stripe_api, invoice).id, "amount": 400})
    pipelines.settle()
    desk.home()
    desk.page.keyboard.press("Control+k")
    desk.page.get_by_placeholder("Type to search").press_sequentially(invoice.number)
    desk.page.locator("#command-results a").filter(has_text=invoice.number).first.click()
    desk.clicks += 1
    desk.reads("Credited 4.00 USD", "Amount due 50.00 USD")
    desk.page.locator("#story-heading").scroll_into_view_if_needed()
    desk.reads(f"Credit note {CreditNote.objects.get()} was made", ", by event evt_")
    desk.follows(str(CreditNote.objects.get()))
    desk.acts("Void")
    desk.reads("asks for the amount again")
    pipelines.settle()
    assert stripe_invoice(stripe_api, invoice).amount_remaining == 5400
    desk.is_well()


def test_an_event_that_could_not_be_applied(desk, connection, stripe_api, pipelines, invoice):
    """Whoever copied an intent at Stripe copied with it which payment here it is of."""
    asked_for = open_page(connection, invoice)
    # Which page it is would tell that the intent is a copy; its answer was lost.
    Payment.objects.filter(pk=asked_for.pk).update(gateway_session_id="")
    params = {"amount": 5500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    other = stripe_api.v1.payment_intents.create({**params, "metadata": {PAYMENT_ID: asked_for.pk}})
    pipelines.settle()
    desk.home()
    desk.reads("Events that could not be applied", "then replay the event", "Correct what the reason names")
    desk.opens_group("Events that could not be applied")
    desk.reads("payment_intent.succeeded", other.id, f"remove {PAYMENT_ID} from its metadata")
    desk.home()
    desk.opens_group("Events that could not be applied", "Replay all")
    desk.presses("Try all again")
    desk.reads("1 is tried again and leaves the overview on success")
    processing.process(InboundEvent.objects.get(state="pending").pk, timezone.now())
    desk.home()
    desk.opens_group("Events that could not be applied", "Dismiss")
    desk.page.get_by_label("Reason").fill("Refunded there: it was for another order.")
    desk.presses("Dismiss")
    desk.reads("All is well", "1 dismissed")
