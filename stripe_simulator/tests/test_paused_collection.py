"""Paused collection."""

from . import made
from .subscribed import DAY, again, subscribe, told


class TestPausedCollection:
    def test_keeps_the_status_and_sends_only_updates(self, client):
        subscription = subscribe(client)
        since = len(made.event_types(client))
        pause = {"pause_collection": {"behavior": "void"}}
        assert client.v1.subscriptions.update(subscription.id, pause).status == "active"
        cleared = client.v1.subscriptions.update(subscription.id, {"pause_collection": ""})
        assert (cleared.pause_collection, told(client, since)) == (None, ["updated", "updated"])

    def test_ends_when_it_was_told_to(self, client, server):
        subscription = subscribe(client)
        resumes_at = subscription.created + 40 * DAY
        pause = {"behavior": "void", "resumes_at": resumes_at}
        client.v1.subscriptions.update(subscription.id, {"pause_collection": pause})
        server.advance_clock(35 * DAY)
        assert again(client, subscription).latest_invoice.status == "void"
        server.advance_clock(30 * DAY)
        after = again(client, subscription)
        assert (after.pause_collection, after.latest_invoice.status) == (None, "paid")
