"""Discounts of subscriptions."""

import pytest
import stripe

from . import factories
from .subscriptions import DAY, refetched, subscribe


def coupon(client, **params):
    return client.v1.coupons.create({"percent_off": 50, **params})


class TestADiscountOfASubscription:
    def test_for_once_lowers_the_first_invoice_only(self, client, server):
        subscription = subscribe(client, discounts=[{"coupon": coupon(client).id}], expand=["latest_invoice"])
        assert (subscription.discounts, subscription.latest_invoice.total) == ([], 500)
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 1000

    def test_for_once_waits_for_the_end_of_a_trial(self, client, server):
        given = [{"coupon": coupon(client).id}]
        subscription = subscribe(client, discounts=given, trial_period_days=7)
        server.advance_clock(8 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 500

    def test_for_some_months_ends(self, client, server):
        two = coupon(client, duration="repeating", duration_in_months=2)
        subscription = subscribe(client, discounts=[{"coupon": two.id}])
        assert len(subscription.discounts) == 1
        totals = [refetched(client, subscription).latest_invoice.total]
        types = factories.event_types(client)
        for _ in range(3):
            server.advance_clock(31 * DAY)
            totals.append(refetched(client, subscription).latest_invoice.total)
            types += factories.event_types(client)
        assert totals == [500, 500, 1000, 1000]
        assert refetched(client, subscription).discounts == []
        assert [type for type in types if "discount" in type] == [
            "customer.discount.created",
            "customer.discount.deleted",
        ]

    def test_for_ever_can_be_taken_away(self, client, server):
        subscription = subscribe(client, discounts=[{"coupon": coupon(client, duration="forever").id}])
        assert client.v1.subscriptions.update(subscription.id, {"discounts": ""}).discounts == []
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 1000

    def test_of_everything_needs_no_payment_method(self, client):
        free = coupon(client, percent_off=100)
        subscription = subscribe(client, owner=factories.customer(client), discounts=[{"coupon": free.id}])
        assert subscription.status == "active"

    def test_of_one_item_leaves_the_others(self, client):
        items = [
            {"price": factories.price(client, 1000).id, "discounts": [{"coupon": coupon(client).id}]},
            {"price": factories.price(client, 300).id},
        ]
        owner = factories.customer_with_card(client)
        params = {"customer": owner.id, "items": items, "expand": ["latest_invoice"]}
        assert client.v1.subscriptions.create(params).latest_invoice.total == 800

    def test_is_not_used_when_the_subscription_is_refused(self, client):
        half = coupon(client)
        with pytest.raises(stripe.InvalidRequestError):
            subscribe(client, owner=factories.customer(client), discounts=[{"coupon": half.id}])
        assert client.v1.coupons.retrieve(half.id).times_redeemed == 0
