"""Changing subscriptions: plan, trial, billing date and end."""

import pytest
import stripe

from . import made
from .subscribed import DAY, again, subscribe, told


def change_plan(client, subscription, price):
    item = {"id": subscription["items"].data[0].id, "price": price.id}
    params = {"items": [item], "proration_behavior": "none", "expand": ["latest_invoice"]}
    return client.v1.subscriptions.update(subscription.id, params)


class TestAPlanChange:
    def test_keeps_the_period_and_bills_at_renewal(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(10 * DAY)
        since = len(made.event_types(client))
        changed = change_plan(client, subscription, made.price(client, 5000))
        before, after = subscription["items"].data[0], changed["items"].data[0]
        assert (after.current_period_start, after.current_period_end) == (
            before.current_period_start,
            before.current_period_end,
        )
        assert changed.latest_invoice.id == subscription.latest_invoice
        assert told(client, since) == ["updated"]
        server.advance_clock(22 * DAY)
        assert again(client, subscription).latest_invoice.total == 5000

    def test_to_another_interval_begins_a_period_that_is_paid_at_once(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(10 * DAY)
        changed = change_plan(client, subscription, made.price(client, 9000, "year"))
        item = changed["items"].data[0]
        assert (changed.latest_invoice.total, changed.latest_invoice.status) == (9000, "paid")
        assert changed.latest_invoice.billing_reason == "subscription_update"
        assert item.current_period_start == changed.billing_cycle_anchor > subscription.billing_cycle_anchor
        assert item.current_period_end - item.current_period_start >= 365 * DAY

    def test_from_free_to_paid_is_paid_at_once(self, client):
        subscription = subscribe(client, made.price(client, 0))
        assert change_plan(client, subscription, made.price(client, 700)).latest_invoice.amount_paid == 700

    def test_that_cannot_be_paid_makes_it_past_due(self, client):
        subscription = subscribe(client, made.price(client, 0), owner=made.customer(client))
        assert change_plan(client, subscription, made.price(client, 700)).latest_invoice.status == "open"
        assert again(client, subscription).status == "past_due"

    def test_of_the_billing_date_begins_a_new_period(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(10 * DAY)
        changed = client.v1.subscriptions.update(subscription.id, {"billing_cycle_anchor": {"type": "now"}})
        assert changed.billing_cycle_anchor >= subscription.created + 10 * DAY
        assert changed.latest_invoice != subscription.latest_invoice


class TestTheEndOfATrial:
    def test_now_is_paid_at_once(self, client):
        subscription = subscribe(client, trial_period_days=14)
        ended = client.v1.subscriptions.update(
            subscription.id, {"trial_end": "now", "expand": ["latest_invoice"]}
        )
        assert (ended.status, ended.latest_invoice.amount_paid) == ("active", 1000)
        assert ended["items"].data[0].current_period_start == ended.trial_end

    def test_can_be_put_off(self, client, server):
        subscription = subscribe(client, trial_period_days=14)
        later = subscription.trial_end + 14 * DAY
        client.v1.subscriptions.update(subscription.id, {"trial_end": later})
        server.advance_clock(20 * DAY)
        assert again(client, subscription).status == "trialing"
        server.advance_clock(10 * DAY)
        after = again(client, subscription)
        assert (after.status, after.latest_invoice.total) == ("active", 1000)
        assert after.latest_invoice.created == later

    def test_cannot_lie_in_the_past(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.subscriptions.update(subscribe(client).id, {"trial_end": 1_000_000_000})
        assert caught.value.param == "trial_end"


class TestCancellation:
    def test_at_the_end_of_the_period_can_be_taken_back(self, client, server):
        subscription = subscribe(client)
        since = len(made.event_types(client))
        for wanted in (True, False):
            params = {"cancel_at_period_end": wanted, "cancellation_details": {"feedback": "unused"}}
            changed = client.v1.subscriptions.update(subscription.id, params)
            assert (changed.status, changed.cancel_at_period_end) == ("active", wanted)
        assert told(client, since) == ["updated", "updated"]
        assert (changed.cancellation_details.feedback, changed.cancellation_details.reason) == (
            "unused",
            None,
        )
        server.advance_clock(33 * DAY)
        assert again(client, subscription).latest_invoice.billing_reason == "subscription_cycle"

    def test_at_the_end_of_the_period_is_told_as_deleted_then(self, client, server):
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
        server.advance_clock(33 * DAY)
        assert told(client, -1) == ["deleted"]
        ended = again(client, subscription)
        assert ended.ended_at == subscription["items"].data[0].current_period_end

    def test_stops_collection_of_what_is_open(self, client, server):
        subscription = subscribe(client)
        owner = client.v1.customers.retrieve(subscription.customer)
        invoice = made.draft(client, 500, owner=owner, auto_advance=True)
        client.v1.customers.update(owner.id, {"invoice_settings": {"default_payment_method": ""}})
        client.v1.invoices.finalize_invoice(invoice.id)
        client.v1.subscriptions.cancel(subscription.id)
        assert client.v1.invoices.retrieve(invoice.id).auto_advance is False

    def test_leaves_only_metadata_and_details_to_change(self, client):
        subscription = client.v1.subscriptions.cancel(subscribe(client).id)
        params = {"metadata": {"a": "b"}, "cancellation_details": {"comment": "too late"}}
        changed = client.v1.subscriptions.update(subscription.id, params)
        assert (changed.metadata["a"], changed.cancellation_details.comment) == ("b", "too late")
        assert changed.canceled_at == subscription.canceled_at
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.update(subscription.id, {"description": "x"})
