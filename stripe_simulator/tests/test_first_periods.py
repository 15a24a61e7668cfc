"""First periods and trials."""

from datetime import UTC, datetime

import pytest
import stripe

from . import factories
from .subscriptions import DAY, refetched, subscribe


def refusal(client, **params):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        subscribe(client, **params)
    return caught.value.param


class TestAFirstPeriod:
    @pytest.mark.parametrize(("behavior", "share"), [("create_prorations", True), ("none", False)])
    def test_ends_at_the_anchor_and_costs_its_share(self, client, behavior, share):
        anchor = factories.customer(client).created + 10 * DAY
        params = {
            "billing_cycle_anchor": anchor,
            "proration_behavior": behavior,
            "expand": ["latest_invoice"],
        }
        subscription = subscribe(client, factories.price(client, 3000), **params)
        assert subscription["items"].data[0].current_period_end == anchor
        total = subscription.latest_invoice.total
        assert 900 < total < 1100 if share else total == 0

    def test_is_followed_by_whole_ones(self, client, server):
        anchor = factories.customer(client).created + 10 * DAY
        subscription = subscribe(client, factories.price(client, 3000), billing_cycle_anchor=anchor)
        server.advance_clock(11 * DAY)
        assert refetched(client, subscription).latest_invoice.total == 3000

    def test_can_be_anchored_to_a_day_of_the_month(self, client):
        soon = datetime.fromtimestamp(factories.customer(client).created + 2 * DAY, UTC)
        config = {"day_of_month": soon.day, "hour": 12, "minute": 0, "second": 0}
        subscription = subscribe(client, billing_cycle_anchor_config=config)
        end = subscription["items"].data[0].current_period_end
        assert end == subscription.billing_cycle_anchor
        assert end % DAY == 12 * 3600

    def test_is_never_longer_than_an_interval(self, client):
        anchor = factories.customer(client).created + 40 * DAY
        assert refusal(client, billing_cycle_anchor=anchor) == "billing_cycle_anchor"


class TestATrial:
    def test_can_come_from_the_price(self, client):
        price = factories.price(client, recurring={"interval": "month", "trial_period_days": 9})
        assert subscribe(client, price).status == "active"
        trial = subscribe(client, price, trial_from_plan=True)
        assert (trial.status, trial.trial_end - trial.created) == ("trialing", 9 * DAY)

    def test_ended_by_hand_needs_something_to_charge(self, client):
        trial = subscribe(client, owner=factories.customer(client), trial_period_days=9)
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.subscriptions.update(trial.id, {"trial_end": "now"})
        assert caught.value.code == "resource_missing"
        assert client.v1.subscriptions.retrieve(trial.id).status == "trialing"
