"""Odd events that were seen, or are known to be possible, each with what becomes of it."""

import pytest

from billing.models import Invoice
from integrations.inbox import worker
from integrations.inbox.outcomes import MAX_ATTEMPTS
from integrations.providers.stripe.tests.odd.settling import settle

ACCOUNT = "the account acct_1 (Accounts v2) and names no customer"


def changed(world, name, **fields):
    event = world.event(name)
    event["data"]["object"] |= fields
    return event


@pytest.mark.parametrize("name", ["invoice_finalized__renewal", "customer_subscription_created__one_item"])
@pytest.mark.parametrize(
    ("fields", "state", "reason"),
    [
        ({"customer": None, "customer_account": "acct_1"}, "ignored", ACCOUNT),
        ({"customer": "", "customer_account": "acct_1"}, "ignored", ACCOUNT),
        ({"customer": None}, "dead", "names no customer, so it cannot be kept here"),
        ({"customer": {"id": None}}, "dead", "names no customer, so it cannot be kept here"),
    ],
)
def test_without_a_customer_nothing_waits(world, name, fields, state, reason):
    row = world.take(changed(world, name, **fields))
    assert (row.state, row.attempts) == (state, 1) and reason in row.reason
    worker.drain()
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "fields", "missing"),
    [
        ("credit_note_created__plain", {"invoice": None}, "the invoice"),
        ("invoice_payment_paid__renewal", {"invoice": ""}, "the invoice"),
        ("refund_created__partial", {"payment_intent": None, "charge": None}, "the payment"),
        ("charge_dispute_created__won", {"payment_intent": {}, "charge": None}, "the payment"),
    ],
)
def test_nothing_waits_for_what_has_no_name(world, name, fields, missing):
    row = world.take(changed(world, name, **fields))
    assert row.state == "dead"
    assert row.reason == f"The event is about {missing}, but does not say which: its id is missing."


@pytest.mark.parametrize(
    "metadata", ["text", ["a"], 7, {"external_id": 42}, {"flexprice_customer_id": ["a"]}]
)
def test_metadata_that_is_no_metadata_is_dead_at_once(world, metadata):
    row = world.take(changed(world, "customer_created__bare", metadata=metadata))
    assert (row.state, row.attempts) == ("dead", 1) and "metadata" in row.reason


def test_a_waiting_event_says_what_happens_then_and_that_happens(world):
    row = world.arrive("charge_refunded__partial")
    ends = "If it is still missing at attempt 11, it belongs to another system, and the event is ignored."
    assert row.state == "pending" and row.reason.endswith(ends)
    settle(MAX_ATTEMPTS)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("ignored", "The event is about a payment that is not here.")
    assert row.attempts == 11


@pytest.mark.parametrize("request_", ["req_1", None, {}, {"id": "req_1"}, {"idempotency_key": 7}, ["req_1"]])
def test_whatever_the_request_is_the_event_is_applied(world, request_):
    """Until 2017-05-25 it was the request's id (page "Changelog")."""
    assert world.arrive("customer_created__full", request=request_).state == "applied"
