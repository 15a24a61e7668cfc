"""Subscriptions."""

import pytest
import stripe

from . import factories
from .subscriptions import subscribe


class TestASubscription:
    def test_has_a_period_per_item(self, client):
        monthly, yearly = factories.price(client), factories.price(client, 9000, "year")
        subscription = subscribe(client, monthly, yearly)
        month, year = subscription["items"].data
        assert subscription.status == "active"
        assert year.current_period_end - month.current_period_end > 300 * 86400
        assert "current_period_end" not in subscription

    def test_may_start_with_a_trial(self, client):
        subscription = subscribe(client, trial_period_days=14)
        assert subscription.status == "trialing"
        assert subscription.trial_end == subscription["items"].data[0].current_period_end

    def test_ends_now_when_cancelled(self, client):
        subscription = client.v1.subscriptions.cancel(subscribe(client).id)
        assert (subscription.status, bool(subscription.ended_at)) == ("canceled", True)
        assert factories.event_types(client)[-1] == "customer.subscription.deleted"
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.cancel(subscription.id)

    def test_may_end_with_its_period_and_change_its_mind(self, client):
        subscription = client.v1.subscriptions.update(subscribe(client).id, {"cancel_at_period_end": True})
        assert subscription.cancel_at == subscription["items"].data[0].current_period_end
        subscription = client.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
        assert (subscription.cancel_at, subscription.canceled_at) == (None, None)

    def test_changes_its_plan_and_quantity(self, client):
        subscription = subscribe(client)
        item, other = subscription["items"].data[0].id, factories.price(client, 5000)
        change = {"items": [{"id": item, "price": other.id, "quantity": 3}]}
        subscription = client.v1.subscriptions.update(subscription.id, change)
        changed = subscription["items"].data[0]
        assert (changed.id, changed.price.id, changed.quantity) == (item, other.id, 3)

    def test_is_listed_by_status(self, client):
        kept, ended = subscribe(client), subscribe(client)
        client.v1.subscriptions.cancel(ended.id)
        listed = client.v1.subscriptions.list
        assert [found.id for found in listed()] == [kept.id]
        assert [found.id for found in listed({"status": "canceled"})] == [ended.id]
        assert len(listed({"status": "all"}).data) == 2
        assert [found.id for found in listed({"customer": kept.customer})] == [kept.id]

    def test_refuses_one_time_prices_and_no_items(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="one_time"):
            subscribe(client, factories.price(client, interval=None))
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.subscriptions.create({"customer": factories.customer(client).id})
