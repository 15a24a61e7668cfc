"""What a subscription may ask for: first periods, trials, extra items, and what Stripe refuses."""

import pytest
import stripe

from . import made
from .subscribed import DAY, again, subscribe


def refusal(client, **params):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(client, **params)
    return caught.value.param


class TestAFirstPeriod:
    @pytest.mark.parametrize(("behavior", "share"), [("create_prorations", True), ("none", False)])
    def test_ends_at_the_anchor_and_costs_its_share(self, client, behavior, share):
        anchor = made.customer(client).created + 10 * DAY
        params = {
            "billing_cycle_anchor": anchor,
            "proration_behavior": behavior,
            "expand": ["latest_invoice"],
        }
        subscription = subscribe(client, made.price(client, 3000), **params)
        assert subscription["items"].data[0].current_period_end == anchor
        total = subscription.latest_invoice.total
        assert 900 < total < 1100 if share else total == 0

    def test_is_followed_by_whole_ones(self, client, server):
        anchor = made.customer(client).created + 10 * DAY
        subscription = subscribe(client, made.price(client, 3000), billing_cycle_anchor=anchor)
        server.advance_clock(11 * DAY)
        assert again(client, subscription).latest_invoice.total == 3000

    def test_can_be_anchored_to_a_day_of_the_month(self, client):
        config = {"day_of_month": 31, "hour": 12, "minute": 0, "second": 0}
        subscription = subscribe(client, billing_cycle_anchor_config=config)
        end = subscription["items"].data[0].current_period_end
        assert end == subscription.billing_cycle_anchor
        assert end % DAY == 12 * 3600

    def test_is_never_longer_than_an_interval(self, client):
        anchor = made.customer(client).created + 40 * DAY
        assert refusal(client, billing_cycle_anchor=anchor) == "billing_cycle_anchor"


class TestATrial:
    def test_can_come_from_the_price(self, client):
        price = made.price(client, recurring={"interval": "month", "trial_period_days": 9})
        assert subscribe(client, price).status == "active"
        trial = subscribe(client, price, trial_from_plan=True)
        assert (trial.status, trial.trial_end - trial.created) == ("trialing", 9 * DAY)

    def test_ended_by_hand_needs_something_to_charge(self, client):
        trial = subscribe(client, owner=made.customer(client), trial_period_days=9)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.subscriptions.update(trial.id, {"trial_end": "now"})
        assert caught.value.code == "resource_missing"
        assert client.v1.subscriptions.retrieve(trial.id).status == "trialing"


class TestExtraItems:
    def test_are_on_the_first_invoice(self, client):
        setup = made.price(client, 700, interval=None)
        subscription = subscribe(client, add_invoice_items=[{"price": setup.id}], expand=["latest_invoice"])
        assert subscription.latest_invoice.total == 1700

    def test_wait_for_the_next_one_when_added_later(self, client, server):
        subscription, extra = subscribe(client), made.price(client, 700, interval=None)
        client.v1.subscriptions.update(subscription.id, {"add_invoice_items": [{"price": extra.id}]})
        assert len(client.v1.invoice_items.list({"pending": True}).data) == 1
        server.advance_clock(32 * DAY)
        assert again(client, subscription).latest_invoice.total == 1700

    def test_that_are_pending_for_the_customer_come_along(self, client, server):
        subscription, other = subscribe(client), subscribe(client)
        item = {"customer": subscription.customer, "currency": "usd", "quantity": 3}
        client.v1.invoice_items.create({**item, "unit_amount_decimal": "0.5"})
        mine = {**item, "subscription": subscription.id, "unit_amount_decimal": "100"}
        assert (
            client.v1.invoice_items.create(mine).parent.subscription_details.subscription == subscription.id
        )
        server.advance_clock(32 * DAY)
        assert again(client, subscription).latest_invoice.total == 1302
        assert again(client, other).latest_invoice.total == 1000

    def test_are_billed_at_the_end_when_asked(self, client):
        subscription = subscribe(client)
        item = {"customer": subscription.customer, "currency": "usd", "amount": 250}
        client.v1.invoice_items.create(item)
        client.v1.subscriptions.cancel(subscription.id, {"invoice_now": True})
        assert again(client, subscription).latest_invoice.total == 250


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

    def test_takes_each_price_once_and_in_one_currency(self, client):
        price, euro = made.price(client), made.price(client, currency="eur")
        with pytest.raises(
            stripe.InvalidRequestError, match="multiple Subscription Items with the same Price"
        ):
            subscribe(client, price, price)
        with pytest.raises(stripe.InvalidRequestError, match="doesn't match the expected currency"):
            subscribe(client, price, euro)

    def test_counts_one_of_a_new_price_unless_told(self, client):
        subscription, other = subscribe(client), made.price(client, 300)
        item = subscription["items"].data[0].id
        client.v1.subscription_items.update(item, {"quantity": 5})
        assert client.v1.subscription_items.update(item, {"price": other.id}).quantity == 1

    def test_has_taxes_that_can_change(self, client, server):
        rate = client.v1.tax_rates.create({"display_name": "VAT", "percentage": 20, "inclusive": False})
        subscription = subscribe(client)
        client.v1.subscriptions.update(subscription.id, {"default_tax_rates": [rate.id]})
        server.advance_clock(32 * DAY)
        assert again(client, subscription).latest_invoice.total == 1200

    def test_keeps_the_card_that_has_paid_when_asked(self, client):
        owner = made.customer(client)
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
