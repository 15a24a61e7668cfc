"""payment_intent.*, checkout.session.*, refunds and disputes: how the rows of money follow."""

from decimal import Decimal
from itertools import permutations

import pytest

from billing.events import Kind
from billing.models import Payment, Refund
from billing.services.customers import default_methods
from integrations.models import OutboundSync
from integrations.providers.stripe.handlers.waiting import WAITING_ATTEMPTS

pytestmark = pytest.mark.django_db
SUCCEEDED, COMPLETED = "payment_intent_succeeded__of_checkout", "checkout_session_completed__paid"


@pytest.fixture
def checkout(world):
    """A checkout that began here."""
    world.arrives("customer_created__flexsync_id")
    world.payment = world.open_checkout()
    return world


def default(world):
    return default_methods.method_of(world.ada, world.connection.pk)


def status(world):
    world.payment.refresh_from_db()
    return world.payment.status


@pytest.mark.parametrize("order", list(permutations((SUCCEEDED, COMPLETED))))
def test_a_paid_checkout_counts_once(checkout, order):
    checkout.arrives(*order)
    assert status(checkout) == "succeeded" and not checkout.payment.is_external
    assert checkout.payment.gateway_session_id.startswith("cs_")
    assert checkout.local_id(Kind.PAYMENT, SUCCEEDED) == checkout.payment.id
    checkout.invoice.refresh_from_db()
    assert (checkout.invoice.payment_status, checkout.invoice.amount_paid) == ("succeeded", Decimal(54))


def test_its_success_is_reported_to_stripes_invoice(checkout):
    checkout.link_invoice("invoice_paid__sent")
    OutboundSync.objects.all().delete()
    checkout.arrives(SUCCEEDED)
    assert OutboundSync.objects.filter(entity_id=checkout.payment.id, state="pending").count() == 1


def test_it_counts_whatever_the_switch_says(checkout):
    checkout.connection.payment_inbound_enabled = False
    checkout.connection.save()
    checkout.arrives(SUCCEEDED)
    assert status(checkout) == "succeeded"


def test_a_completed_session_that_is_unpaid_is_not_money_yet(checkout):
    checkout.arrives("checkout_session_completed__unpaid")
    assert status(checkout) == "processing"
    checkout.arrives("checkout_session_async_payment_succeeded__plain")
    assert status(checkout) == "succeeded"


def test_a_bank_that_refuses_later_is_a_failure(checkout):
    checkout.arrives("checkout_session_completed__unpaid", "checkout_session_async_payment_failed__plain")
    assert (status(checkout), checkout.payment.failure_code) == ("failed", "async_payment_failed")


def test_an_expired_session_is_cancelled(checkout):
    checkout.arrives("checkout_session_expired__plain")
    assert status(checkout) == "cancelled"


def test_a_decline_then_a_challenge_then_success(checkout):
    checkout.arrives("payment_intent_payment_failed__of_checkout")
    assert (status(checkout), checkout.payment.failure_code) == ("failed", "generic_decline")
    checkout.arrives("payment_intent_requires_action__of_checkout")
    assert status(checkout) == "requires_action"
    checkout.arrives("payment_intent_processing__of_checkout")
    assert status(checkout) == "processing"
    checkout.arrives(SUCCEEDED)
    assert (status(checkout), checkout.payment.failure_code) == ("succeeded", "")


def test_success_is_not_undone_by_what_comes_late(checkout):
    checkout.arrives(SUCCEEDED)
    for late in ("payment_intent_payment_failed__of_checkout", "checkout_session_expired__plain"):
        checkout.arrive(late)
    assert status(checkout) == "succeeded"


def test_a_session_of_another_system_is_ignored(checkout):
    assert checkout.arrive("checkout_session_completed__foreign").state == "ignored"
    assert Payment.objects.count() == 1


def test_another_environments_payment_is_ignored(world):
    world.arrives("customer_created__flexsync_id")
    row = world.arrive(SUCCEEDED)
    assert (row.state, row.reason) == (
        "ignored",
        "This environment has no payment pay_golden, which Stripe's metadata names.",
    )


def test_a_payment_of_a_known_customer_is_external(world):
    world.arrives("customer_created__flexsync_id", "payment_intent_succeeded__external")
    found = Payment.objects.get()
    assert (found.amount, found.currency, found.status) == (Decimal("19.99"), "EUR", "succeeded")
    assert found.is_external and found.customer == world.ada and found.invoice is None


def test_it_is_ignored_while_the_switch_is_off(world):
    world.arrives("customer_created__flexsync_id")
    world.connection.payment_inbound_enabled = False
    world.connection.save()
    row = world.arrive("payment_intent_succeeded__external")
    assert row.state == "ignored" and row.reason.startswith("payment_inbound_enabled is off")


def test_a_payment_without_a_customer_is_a_guests(world):
    world.arrives("payment_intent_succeeded__foreign")
    assert Payment.objects.get().customer is None


def test_a_cancelled_attempt_leaves_nothing(world):
    world.arrives("customer_created__flexsync_id")
    assert world.arrive("payment_intent_canceled__external").state == "ignored"
    assert Payment.objects.count() == 0


def test_refunds_add_up_and_never_shrink(checkout):
    checkout.arrives(SUCCEEDED, "charge_refunded__partial")
    assert (status(checkout), checkout.payment.amount_refunded) == ("partially_refunded", Decimal(14))
    checkout.arrives("refund_created__partial", "refund_updated__partial")
    assert (status(checkout), checkout.payment.amount_refunded) == ("partially_refunded", Decimal(14))
    checkout.arrives("charge_refunded__whole")
    checkout.arrive("charge_refunded__partial", id="evt_late")
    assert (status(checkout), checkout.payment.amount_refunded) == ("refunded", Decimal(54))


def test_a_refund_that_failed_counts_no_more(checkout):
    checkout.arrives(SUCCEEDED, "refund_created__partial", "charge_refunded__partial")
    assert (status(checkout), checkout.payment.amount_refunded) == ("partially_refunded", Decimal(14))
    checkout.arrives("refund_failed__plain")
    assert (status(checkout), checkout.payment.amount_refunded) == ("succeeded", Decimal(0))
    checkout.arrive("charge_refunded__partial", id="evt_late")
    checkout.arrive("charge_refund_updated__partial")
    assert (status(checkout), checkout.payment.amount_refunded) == ("succeeded", Decimal(0))
    refund = Refund.objects.get()
    assert (refund.status, refund.failure_reason) == ("failed", "lost_or_stolen_card")
    checkout.invoice.refresh_from_db()
    assert checkout.invoice.payment_status == "succeeded"


def test_a_refund_waits_for_its_payments_success(checkout):
    checkout.arrives("payment_intent_payment_failed__of_checkout")
    row = checkout.arrive("charge_refunded__partial")
    assert row.state == "pending" and "Waits for the event that the payment pi_" in row.reason


def test_a_refund_of_money_that_does_not_come_is_ignored(world):
    row = world.arrive("charge_refunded__partial")
    assert row.state == "pending" and "Waits for the payment pi_" in row.reason
    for _ in range(WAITING_ATTEMPTS):
        row = world.try_again(row)
    assert (row.state, row.reason) == ("ignored", "The event is about a payment that is not here.")


def test_a_saved_card_is_the_default_when_flexsync_asked_for_it(world):
    world.arrives("customer_created__flexsync_id", "setup_intent_succeeded__default")
    world.ada.refresh_from_db()
    assert default(world).startswith("pm_")
    first = default(world)
    older = world.event("setup_intent_succeeded__default", id="evt_older")
    older["created"] -= 60
    older["data"]["object"]["payment_method"] = "pm_older"
    assert world.take(older).state == "applied"
    world.ada.refresh_from_db()
    assert default(world) == first


def test_a_saved_card_is_not_the_default_by_itself(world):
    world.arrives("customer_created__flexsync_id")
    row = world.arrive("setup_intent_succeeded__card")
    assert row.state == "ignored" and "not meant to become the customer's default" in row.reason
    assert world.arrive("setup_intent_setup_failed__declined").state == "ignored"
    world.ada.refresh_from_db()
    assert default(world) == ""


def test_a_challenge_keeps_what_the_customer_has_to_do(checkout):
    checkout.arrives("payment_intent_requires_action__of_checkout")
    assert status(checkout) == "requires_action"
    assert checkout.payment.next_action["type"] == "redirect_to_url"
    assert checkout.payment.next_action["url"].startswith("https://stripe.example/3d_secure/pi_")
    checkout.arrives(SUCCEEDED)
    assert (status(checkout), checkout.payment.next_action) == ("succeeded", {})


@pytest.mark.parametrize(("field", "value"), [("amount_received", 5500), ("currency", "eur")])
def test_money_that_was_not_asked_for_is_refused_visibly(checkout, field, value):
    event = checkout.event(SUCCEEDED)
    event["data"]["object"][field] = value
    row = checkout.take(event)
    assert row.state == "dead" and checkout.payment.id in row.reason and "then replay the event" in row.reason
    assert status(checkout) == "pending"


def test_a_late_completion_does_not_reopen_what_the_bank_refused(checkout):
    refused = checkout.event("payment_intent_payment_failed__of_checkout")
    refused["created"] += 120
    assert checkout.take(refused).state == "applied"
    assert checkout.arrive("checkout_session_completed__unpaid").state == "ignored"
    assert status(checkout) == "failed"


@pytest.mark.parametrize(("source", "method"), [(None, ""), ({"type": "ideal"}, "ideal")])
def test_a_decline_is_one_whatever_error_the_intent_shows(world, source, method):
    world.arrives("customer_created__flexsync_id")
    event = world.event("payment_intent_succeeded__external", type="payment_intent.payment_failed")
    error = {"code": "card_declined", "source": source} if source else None
    event["data"]["object"] |= {"status": "requires_payment_method", "last_payment_error": error}
    event["data"]["object"] |= {"amount_received": 0, "latest_charge": None, "payment_method": None}
    event["data"]["object"]["payment_method_types"] = ["card", "ideal"]
    assert world.take(event).state == "applied"
    payment = Payment.objects.get()
    assert (payment.status, payment.method) == ("failed", method)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_metadata_of_one_that_began_at_stripe_comes_too_in_any_order(world, order):
    world.arrives("customer_created__flexsync_id")
    success = world.event("payment_intent_succeeded__external")
    success["data"]["object"]["metadata"] = {"order": "7", "sync_source": "flexprice"}
    refund = world.event("refund_created__partial")
    refund["data"]["object"] |= {"payment_intent": success["data"]["object"]["id"], "currency": "eur"}
    for number in order:
        world.take((success, refund)[number])
    world.all_apply()
    payment = Payment.objects.get()
    assert (payment.status, payment.metadata) == ("partially_refunded", {"order": "7"})


def test_metadata_that_a_person_gave_it_stays(world):
    world.arrives("customer_created__flexsync_id", "payment_intent_succeeded__external")
    Payment.objects.update(metadata={"order": "8"})
    event = world.event("payment_intent_succeeded__external", id="evt_again")
    event["data"]["object"]["metadata"] = {"order": "7", "shop": "x"}
    event["created"] += 1
    assert world.take(event).state == "applied"
    assert Payment.objects.get().metadata == {"order": "8", "shop": "x"}
