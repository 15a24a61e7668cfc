"""The terms of a subscription, and what Stripe refuses."""

import pytest
import stripe

from . import factories
from .subscriptions import DAY, refetched, subscribe


def refusal(client, **params):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(client, **params)
    return caught.value.param


class TestASubscription:
    @pytest.mark.parametrize(
        ("params", "param"),
        [
            ({"payment_behavior": "pending_if_incomplete"}, "payment_behavior"),
            ({"days_until_due": 3}, "days_until_due"),
            ({"trial_end": 5}, "trial_end"),
            ({"trial_period_days": 731}, "trial_period_days"),
            ({"cancel_at": 5}, "cancel_at"),
            ({"billing_cycle_anchor": 5}, "billing_cycle_anchor"),
            ({"default_payment_method": "pm_none"}, "default_payment_method"),
        ],
    )
    def test_refuses_what_stripe_refuses(self, client, params, param):
        assert refusal(client, **params) == param
        assert client.v1.subscriptions.list({"status": "all"}).data == []

    def test_has_days_until_due_only_while_its_invoices_are_sent(self, client):
        found = subscribe(client)
        update = client.v1.subscriptions.update
        for wrong in ({"collection_method": "send_invoice"}, {"days_until_due": 7}):
            with pytest.raises(stripe.InvalidRequestError) as caught:
                update(found.id, wrong)
            assert caught.value.param == "days_until_due"
        assert (
            update(found.id, {"collection_method": "send_invoice", "days_until_due": 7}).days_until_due == 7
        )
        assert update(found.id, {"days_until_due": 9}).days_until_due == 9
        assert update(found.id, {"collection_method": "charge_automatically"}).days_until_due is None

    def test_takes_each_price_once_and_in_one_currency(self, client):
        price, euro = factories.price(client), factories.price(client, currency="eur")
        with pytest.raises(
            stripe.InvalidRequestError, match="multiple Subscription Items with the same Price"
        ):
            subscribe(client, price, price)
        with pytest.raises(stripe.InvalidRequestError, match="doesn't match the expected currency"):
            subscribe(client, price, euro)

    def test_has_one_of_a_new_price_by_default(self, client):
        subscription, other = subscribe(client), factories.price(client, 300)
        item = subscription["items"].data[0].id
        client.v1.subscription_items.update(item, {"quantity": 5})
        assert client.v1.subscription_items.update(item, {"price": other.id}).quantity == 1

    def test_has_taxes_that_can_change(self, client, server):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"default_tax_rates": [rate.id]})
        server.advance_clock(32 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 1200

    def test_keeps_the_card_that_has_paid_on_request(self, client):
        owner = factories.customer(client)
        settings = {"save_default_payment_method": "on_subscription"}
        params = {"payment_behavior": "default_incomplete", "payment_settings": settings}
        subscription = subscribe(client, owner=owner, **params)
        method = client.v1.payment_methods.attach("pm_card_visa", {"customer": owner.id})
        client.v1.invoices.pay(subscription.latest_invoice, {"payment_method": method.id})
        assert client.v1.subscriptions.retrieve(subscription.id).default_payment_method == method.id

    def test_is_found_by_its_periods(self, client):
        subscription = subscribe(client)
        end = subscription["items"].data[0].current_period_end
        listed = client.v1.subscriptions.list
        assert len(listed({"current_period_end": {"lte": end}}).data) == 1
        assert listed({"current_period_end": {"lt": end}}).data == []
        assert len(client.v1.invoices.list({"subscription": subscription.id}).data) == 1
        assert client.v1.invoices.list({"subscription": "sub_other"}).data == []
