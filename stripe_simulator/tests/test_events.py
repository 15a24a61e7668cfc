"""The list of events."""

import json
from typing import get_args

from stripe.params import WebhookEndpointCreateParams

from . import factories
from .payments import refused

TYPES = get_args(get_args(WebhookEndpointCreateParams.__annotations__["enabled_events"])[0])


class TestEvents:
    def test_are_listed_newest_first_and_by_type(self, client):
        factories.customer(client)
        client.v1.products.create({"name": "A"})
        assert [event.type for event in client.v1.events.list()] == ["product.created", "customer.created"]
        assert [event.type for event in client.v1.events.list({"type": "customer.*"})] == ["customer.created"]
        types = {"types": ["product.created", "price.created"]}
        assert [event.type for event in client.v1.events.list(types)] == ["product.created"]

    def test_keep_the_object_as_it_was(self, client):
        customer = factories.customer(client)
        client.v1.customers.update(customer.id, {"name": "Eve"})
        created = client.v1.events.list({"type": "customer.created"}).data[0]
        assert created.data.object["name"] == "Ada"
        assert client.v1.events.retrieve(created.id).data.object["name"] == "Ada"

    def test_are_listed_for_thirty_days(self, client, server):
        factories.customer(client)
        server.advance_clock(31 * 86400)
        assert client.v1.events.list().data == []

    def test_are_found_by_twenty_types_at_most(self, client):
        named = [event for event in TYPES if event.startswith("customer.")][:21]
        assert client.v1.events.list({"types": named[:20]}).data == []
        error = refused(client.v1.events.list, {"types": named})
        assert error.param == "types"
        assert refused(client.v1.events.list, {"types": named[:2], "type": named[0]}).param == "type"

    def test_are_found_by_whether_their_delivery_succeeded(self, client, receiver):
        receiver.status = 500
        hook = {"url": receiver.url, "enabled_events": ["customer.created"]}
        client.v1.webhook_endpoints.create(hook)
        factories.customer(client)
        client.v1.products.create({"name": "A"})
        listed = client.v1.events.list
        assert [event.type for event in listed({"delivery_success": False})] == ["customer.created"]
        assert [event.type for event in listed({"delivery_success": True})] == ["product.created"]

    def test_may_show_late_and_out_of_order(self, client, server):
        server.settings(event_list_lag_seconds=1000)
        for number in range(20):
            client.v1.products.create({"name": str(number)})
        assert len(client.v1.events.list().data) < 5
        server.advance_clock(500)
        some = [event.data.object["name"] for event in client.v1.events.list({"limit": 100})]
        assert 2 < len(some) < 18
        assert some != [str(number) for number in range(len(some))][::-1]
        server.advance_clock(500)
        assert len(client.v1.events.list({"limit": 100}).data) == 20

    def test_can_be_retrieved_before_the_list_shows_them(self, client, server, receiver):
        server.settings(event_list_lag_seconds=3600)
        client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
        factories.customer(client)
        sent = json.loads(receiver.wait_for(1)[0].body)
        assert client.v1.events.retrieve(sent["id"]).type == "customer.created"

    def test_carry_the_connected_account_that_is_set(self, client, server, receiver):
        client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
        factories.customer(client)
        server.settings(connected_account="acct_connected")
        factories.customer(client)
        listed = client.v1.events.list().data
        assert (listed[0].account, "account" in listed[1]) == ("acct_connected", False)
        received = [json.loads(request.body).get("account") for request in receiver.wait_for(2)]
        assert sorted(received, key=str) == [None, "acct_connected"]
