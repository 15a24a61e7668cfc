"""Paused collection."""

from . import factories
from .subscriptions import DAY, refetched, subscribe, subscription_events


class TestPausedCollection:
    def test_keeps_the_status_and_sends_only_updates(self, client):
        subscription = subscribe(client)
        since = len(factories.event_types(client))
        pause = {"pause_collection": {"behavior": "void"}}
        assert client.v1.subscriptions.update(subscription.id, pause).status == "active"
        cleared = client.v1.subscriptions.update(subscription.id, {"pause_collection": ""})
        assert (cleared.pause_collection, subscription_events(client, since)) == (
            None,
            ["updated", "updated"],
        )

    def test_ends_at_its_date(self, client, server):
        subscription = subscribe(client)
        resumes_at = subscription.created + 40 * DAY
        pause = {"behavior": "void", "resumes_at": resumes_at}
        client.v1.subscriptions.update(subscription.id, {"pause_collection": pause})
        server.advance_clock(35 * DAY)
        assert refetched(client, subscription).latest_invoice.status == "void"
        server.advance_clock(30 * DAY)
        after = refetched(client, subscription)
        assert (after.pause_collection, after.latest_invoice.status) == (None, "paid")
