"""Subscriptions in the billing portal."""

import httpx

from .subscriptions import subscribe


class TestThePortal:
    def test_ends_a_subscription_with_its_period(self, client):
        subscription = subscribe(client)
        params = {"customer": subscription.customer, "return_url": "https://example.com/account"}
        session = client.v1.billing_portal.sessions.create(params)
        assert subscription.id in httpx.get(session.url).text
        httpx.post(session.url, data={"subscription": subscription.id, "choice": "cancel"})
        assert client.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end
        httpx.post(session.url, data={"subscription": subscription.id, "choice": "keep"})
        assert not client.v1.subscriptions.retrieve(subscription.id).cancel_at_period_end
