"""invoice.* and invoice_payment.*: what becomes of an invoice that FlexSync sent, and of its money."""

from decimal import Decimal
from itertools import permutations

import pytest

from billing.models import Payment
from integrations.providers.stripe.tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(world):
    """The invoice is at Stripe."""
    world.arrives("customer_created__flexsync_id")
    world.link_invoice("invoice_paid__sent")
    return world


def assert_paid_once(world, **payment):
    world.invoice.refresh_from_db()
    assert (world.invoice.payment_status, world.invoice.amount_remaining) == ("succeeded", Decimal(0))
    found = Payment.objects.get()
    assert (found.amount, found.status, found.is_external) == (builders.TOTAL, "succeeded", True)
    assert {name: getattr(found, name) for name in payment} == payment


def test_its_addresses_are_kept(sent):
    assert sent.arrive("invoice_created__sent").state == "ignored"
    sent.arrives("invoice_finalized__sent")
    assert sent.arrive("invoice_updated__sent").state == "ignored", "nothing new"
    sent.invoice.refresh_from_db()
    assert sent.invoice.hosted_invoice_url.startswith("https://stripe.example/i/in_")


def test_it_waits_until_its_push_has_recorded_it(world):
    row = world.arrive("invoice_finalized__sent")
    assert row.state == "pending" and f"the push of {world.invoice.id} has recorded in_" in row.reason


THE_SAME_MONEY = ("payment_intent_succeeded__of_invoice", "invoice_payment_paid__sent", "invoice_paid__sent")


@pytest.mark.parametrize("order", list(permutations(THE_SAME_MONEY)))
def test_three_events_of_the_same_money_count_once_in_any_order(sent, order):
    waiting = [name for name in order if sent.arrive(name).state == "pending"]
    assert waiting in ([], ["invoice_paid__sent"])
    for name in waiting:
        sent.arrives_again(name)
    assert_paid_once(sent)


@pytest.mark.parametrize(
    "names",
    [
        ("payment_intent_succeeded__order_reference", "invoice_paid__sent"),
        ("payment_intent_succeeded__old_dialect", "invoice_paid__old_dialect"),
        ("invoice_paid__old_dialect", "payment_intent_succeeded__old_dialect"),
        ("invoice_payment_paid__sent", "invoice_overpaid__sent"),
    ],
)
def test_two_events_are_enough_in_any_api_version(sent, names):
    sent.arrives(*names)
    assert_paid_once(sent)


def test_a_paid_invoice_waits_for_its_payment_and_says_for_which_events(sent):
    row = sent.arrive("invoice_paid__sent")
    assert row.state == "pending" and "54 USD of it has not arrived" in row.reason
    assert "payment_intent.succeeded or invoice_payment.paid" in row.reason


def test_what_was_paid_off_stripe_counts_once(world):
    world.link_invoice("invoice_paid__out_of_band")
    event = world.event("invoice_paid__out_of_band")
    # As Stripe returns it to a read that expands it: its events do not have it.
    event["data"]["object"]["amount_paid_off_stripe"] = 5400
    world.take(event)
    world.take(event | {"id": "evt_again"})
    assert_paid_once(world, method="out_of_band", gateway_payment_id="")


DECLINE = ("invoice_payment_failed__declined", "payment_intent_payment_failed__of_invoice")


@pytest.mark.parametrize("order", [DECLINE, DECLINE[::-1]])
def test_a_declined_payment_shows(sent, order):
    sent.arrives(*order)
    failed = Payment.objects.get()
    assert (failed.status, failed.failure_code) == ("failed", "generic_decline")
    sent.arrives("payment_intent_succeeded__of_invoice", "invoice_payment_paid__sent")
    assert_paid_once(sent, failure_code="")


def collection_of(world):
    world.invoice.refresh_from_db()
    return world.invoice.attempt_count, world.invoice.next_attempt_at, world.invoice.failure_code


def attempted(world, name="invoice_payment_failed__declined", *, later=60, **fields):
    """The event of an attempt, ``later`` seconds after the golden one."""
    event = world.event(name, id=f"evt_{name}_{later}")
    event["created"] += later
    event["data"]["object"] |= fields
    return world.take(event)


def test_an_attempt_that_fails_shows_with_the_next_one(sent):
    assert attempted(sent, attempt_count=2, next_payment_attempt=1793900000).state == "applied"
    count, next_attempt, code = collection_of(sent)
    assert (count, next_attempt.timestamp(), code) == (2, 1793900000, "payment_failed")
    assert "no payment method at Stripe" in sent.invoice.failure_message


def test_an_older_event_turns_nothing_back(sent):
    attempted(sent, attempt_count=2, next_payment_attempt=1793900000)
    known = collection_of(sent)
    for late in ("invoice_payment_failed__declined", "invoice_payment_action_required__sent"):
        assert attempted(sent, late, later=30, next_payment_attempt=None).state == "ignored"
    assert attempted(sent, "invoice_updated__sent", later=0).state == "ignored"
    assert collection_of(sent) == known


def test_an_attempt_that_requires_action_says_so(sent):
    sent.arrives("invoice_payment_action_required__sent")
    assert collection_of(sent) == (1, None, "authentication_required")


def test_what_is_paid_is_not_attempted_again(sent):
    attempted(sent, attempt_count=1, next_payment_attempt=1793900000)
    sent.arrives("invoice_payment_paid__sent")
    assert collection_of(sent) == (1, None, "")
    paid = sent.event("invoice_paid__sent")
    paid["created"] += 120
    assert sent.take(paid).state == "applied"
    assert collection_of(sent) == (2, None, "")


def test_when_it_was_sent_is_kept_also_from_a_late_event(sent):
    attempted(sent, attempt_count=2)
    sent.arrives("invoice_sent__sent")
    sent.invoice.refresh_from_db()
    assert sent.invoice.sent_at.timestamp() == sent.event("invoice_sent__sent")["created"]
    assert sent.invoice.attempt_count == 2


def test_voided_there_is_voided_here(world):
    world.link_invoice("invoice_voided__sent")
    world.arrives("invoice_voided__sent")
    assert world.arrive("invoice_voided__sent", id="evt_again").state == "ignored"
    world.invoice.refresh_from_db()
    assert world.invoice.status == "voided"


def test_uncollectible_there_is_uncollectible_here(world):
    world.link_invoice("invoice_marked_uncollectible__sent")
    world.arrives("invoice_marked_uncollectible__sent")
    world.invoice.refresh_from_db()
    assert world.invoice.status == "uncollectible"


def test_an_invoice_of_another_system_is_imported_or_ignored(world):
    """With the switch on it waits for its customer, who may be on the way."""
    assert world.arrive("invoice_paid__foreign").state == "pending"
    world.connection.invoice_inbound_enabled = False
    world.connection.save()
    row = world.arrive("invoice_paid__foreign", id="evt_off")
    assert row.state == "ignored" and row.reason.startswith("invoice_inbound_enabled is off")
    assert Payment.objects.count() == 0
