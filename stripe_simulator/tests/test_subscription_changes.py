"""Changing the plan or the billing date of a subscription."""

from . import factories
from .subscriptions import DAY, refetched, subscribe, subscription_events


def change_plan(client, subscription, price):
    item = {"id": subscription["items"].data[0].id, "price": price.id}
    params = {"items": [item], "proration_behavior": "none", "expand": ["latest_invoice"]}
    return client.v1.subscriptions.update(subscription.id, params)


class TestAPlanChange:
    def test_keeps_the_period_and_bills_at_renewal(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(10 * DAY)
        since = len(factories.event_types(client))
        changed = change_plan(client, subscription, factories.price(client, 5000))
        before, after = subscription["items"].data[0], changed["items"].data[0]
        assert (after.current_period_start, after.current_period_end) == (
            before.current_period_start,
            before.current_period_end,
        )
        assert changed.latest_invoice.id == subscription.latest_invoice
        assert subscription_events(client, since) == ["updated"]
        server.advance_clock(22 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 5000

    def test_to_another_interval_begins_a_period_that_is_paid_at_once(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(10 * DAY)
        changed = change_plan(client, subscription, factories.price(client, 9000, "year"))
        item = changed["items"].data[0]
        assert (changed.latest_invoice.total, changed.latest_invoice.status) == (9000, "paid")
        assert changed.latest_invoice.billing_reason == "subscription_update"
        assert item.current_period_start == changed.billing_cycle_anchor > subscription.billing_cycle_anchor
        assert item.current_period_end - item.current_period_start >= 365 * DAY

    def test_from_free_to_paid_is_paid_at_once(self, client):
        subscription = subscribe(client, factories.price(client, 0))
        assert (
            change_plan(client, subscription, factories.price(client, 700)).latest_invoice.amount_paid == 700
        )

    def test_that_cannot_be_paid_makes_it_past_due(self, client):
        subscription = subscribe(client, factories.price(client, 0), owner=factories.customer(client))
        assert change_plan(client, subscription, factories.price(client, 700)).latest_invoice.status == "open"
        assert refetched(client, subscription).status == "past_due"

    def test_of_the_billing_date_begins_a_new_period(self, client, server):
        subscription = subscribe(client)
        server.advance_clock(10 * DAY)
        changed = client.v1.subscriptions.update(subscription.id, {"billing_cycle_anchor": {"type": "now"}})
        assert changed.billing_cycle_anchor >= subscription.created + 10 * DAY
        assert changed.latest_invoice != subscription.latest_invoice
