"""What the snapshots in events say, and which events come together."""

from . import factories
from .payments import paid, refused
from .subscriptions import DAY, subscribe


def newest(client, type):
    return client.v1.events.list({"type": type}).data[0].data.object


class TestTheLastEvent:
    def test_of_a_product_says_that_it_is_inactive(self, client):
        product = client.v1.products.create({"name": "A"})
        client.v1.products.delete(product.id)
        assert (product.active, newest(client, "product.deleted")["active"]) == (True, False)

    def test_of_a_coupon_says_that_it_is_not_valid(self, client):
        coupon = client.v1.coupons.create({"percent_off": 10})
        client.v1.coupons.delete(coupon.id)
        assert (coupon.valid, newest(client, "coupon.deleted")["valid"]) == (True, False)


class TestAProductWithItsPrice:
    def test_is_created_with_the_default_price(self, client):
        price = {"currency": "usd", "unit_amount": 500}
        product = client.v1.products.create({"name": "A", "default_price_data": price})
        assert newest(client, "product.created")["default_price"] == product.default_price
        assert factories.event_types(client) == ["product.created", "price.created"]

    def test_leaves_nothing_behind_when_the_price_is_refused(self, client):
        refused(client.v1.products.create, {"name": "A", "default_price_data": {"currency": "usd"}})
        assert (client.v1.products.list().data, client.v1.events.list().data) == ([], [])


class TestTrialWillEnd:
    def test_comes_at_once_for_a_trial_of_less_than_three_days(self, client):
        subscribe(client, trial_period_days=2)
        subscribe(client, trial_period_days=4)
        assert factories.event_types(client).count("customer.subscription.trial_will_end") == 1

    def test_comes_at_once_when_a_trial_is_ended_early(self, client):
        subscription = subscribe(client, trial_period_days=14)
        client.v1.subscriptions.update(subscription.id, {"trial_end": "now"})
        shown = newest(client, "customer.subscription.trial_will_end")
        assert (shown["id"], shown["status"]) == (subscription.id, "active")

    def test_comes_when_a_trial_is_shortened_to_less_than_three_days(self, client):
        subscription = subscribe(client, trial_period_days=14)
        soon = subscription.created + 2 * DAY
        client.v1.subscriptions.update(subscription.id, {"trial_end": soon})
        assert newest(client, "customer.subscription.trial_will_end")["trial_end"] == soon


class TestARefundsUpdate:
    def test_has_both_events(self, client):
        refund = client.v1.refunds.create({"payment_intent": paid(client).id})
        client.v1.refunds.update(refund.id, {"metadata": {"a": "b"}})
        events = client.v1.events.list({"limit": 2}).data[::-1]
        assert [event.type for event in events] == ["refund.updated", "charge.refund.updated"]
        assert [event.data.previous_attributes["metadata"].to_dict() for event in events] == [{"a": None}] * 2
