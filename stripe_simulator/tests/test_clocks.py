"""Test clocks."""

import pytest
import stripe

from . import factories
from .subscriptions import DAY, refetched, subscribe


class TestATestClock:
    def test_moves_its_own_customers_only(self, client):
        start = 1_800_000_000
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": start})
        owner = client.v1.customers.create({"test_clock": clock.id})
        other = subscribe(client)
        items = [{"price": factories.price(client).id}]
        params = {"items": items, "collection_method": "send_invoice", "days_until_due": 7}
        mine = client.v1.subscriptions.create({"customer": owner.id, **params})
        assert (mine.created, mine.test_clock) == (start, clock.id)
        clock = client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": start + 40 * DAY})
        assert (clock.status, clock.frozen_time) == ("ready", start + 40 * DAY)
        assert refetched(client, mine).latest_invoice.billing_reason == "subscription_cycle"
        assert refetched(client, other).latest_invoice.billing_reason == "subscription_create"

    def test_advances_by_two_intervals_at_most(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        owner = client.v1.customers.create({"test_clock": clock.id})
        params = {"items": [{"price": factories.price(client).id}], "trial_period_days": 7}
        client.v1.subscriptions.create({"customer": owner.id, **params})
        advance = client.v1.test_helpers.test_clocks.advance
        with pytest.raises(stripe.InvalidRequestError, match="two intervals"):
            advance(clock.id, {"frozen_time": 1_800_000_000 + 70 * DAY})
        assert advance(clock.id, {"frozen_time": 1_800_000_000 + 60 * DAY}).status == "ready"
        advancing = client.v1.events.list({"type": "test_helpers.test_clock.advancing"}).data[0].data.object
        assert advancing.status_details.advancing.target_frozen_time == 1_800_000_000 + 60 * DAY

    def test_never_runs_backwards(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_700_000_000})

    def test_takes_its_customers_with_it(self, client):
        clock = client.v1.test_helpers.test_clocks.create({"frozen_time": 1_800_000_000})
        owner = client.v1.customers.create({"test_clock": clock.id})
        client.v1.test_helpers.test_clocks.delete(clock.id)
        with pytest.raises(stripe.InvalidRequestError):
            client.v1.customers.retrieve(owner.id)
