"""The end of a trial."""

import pytest
import stripe

from .subscriptions import DAY, refetched, subscribe


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
        assert refetched(client, subscription).status == "trialing"
        server.advance_clock(10 * DAY)
        after = refetched(client, subscription)
        assert (after.status, after.latest_invoice.total) == ("active", 1000)
        assert after.latest_invoice.created == later

    def test_cannot_lie_in_the_past(self, client):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.subscriptions.update(subscribe(client).id, {"trial_end": 1_000_000_000})
        assert caught.value.param == "trial_end"
