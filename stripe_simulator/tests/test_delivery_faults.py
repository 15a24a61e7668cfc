"""Webhooks that are duplicated, reordered, delayed or lost."""

import json

from . import factories


def endpoint(client, url, events=("*",), **params):
    return client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(events), **params})


class TestDeliveryFaults:
    def test_duplicate(self, client, receiver, server):
        server.delivery_settings(duplicate=1)
        endpoint(client, receiver.url)
        factories.customer(client)
        assert len({request.body for request in receiver.wait_for(2)}) == 1

    def test_lose(self, client, receiver, server):
        server.delivery_settings(drop=1)
        endpoint(client, receiver.url)
        factories.customer(client)
        kept = factories.customer(client)
        assert json.loads(receiver.wait_for(1)[0].body)["data"]["object"]["id"] == kept.id
        assert len(server.deliveries("dropped")) == 1

    def test_delay_until_flushed(self, client, receiver, server):
        server.delivery_settings(delay=3600)
        endpoint(client, receiver.url)
        factories.customer(client)
        assert receiver.received == []
        assert server.flush_deliveries() == 1
        assert len(receiver.received) == 1

    def test_reorder(self, client, receiver, server):
        server.delivery_settings(reorder=0.3)
        endpoint(client, receiver.url)
        names = [f"Customer {index}" for index in range(12)]
        for name in names:
            factories.customer(client, name=name)
        arrived = [json.loads(request.body)["data"]["object"]["name"] for request in receiver.wait_for(12)]
        assert sorted(arrived) == sorted(names)
        assert arrived != names
