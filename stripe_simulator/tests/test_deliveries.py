"""Deliveries of webhooks."""

import json
import time

import pytest
import stripe

from . import factories


def endpoint(client, url, events=("*",), **params):
    return client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(events), **params})


class TestADelivery:
    def test_is_signed_for_its_endpoint(self, client, receiver):
        made_endpoint = endpoint(client, receiver.url)
        customer = factories.customer(client)
        event = receiver.wait_for(1)[0].event(made_endpoint.secret)
        assert (event.type, event.data.object.id) == ("customer.created", customer.id)
        assert event.api_version == "2026-10-28.endive"
        with pytest.raises(stripe.SignatureVerificationError):
            receiver.received[0].event("whsec_other")

    def test_names_the_request_that_caused_it(self, client, receiver):
        endpoint(client, receiver.url)
        customer = client.v1.customers.create({"name": "A"}, {"idempotency_key": "k1"})
        request = json.loads(receiver.wait_for(1)[0].body)["request"]
        assert request == {"id": customer.last_response.request_id, "idempotency_key": "k1"}

    def test_has_the_former_values(self, client, receiver):
        customer = factories.customer(client, metadata={"a": "1"})
        endpoint(client, receiver.url)
        client.v1.customers.update(customer.id, {"name": "Eve", "metadata": {"b": "2"}})
        data = json.loads(receiver.wait_for(1)[0].body)["data"]
        assert data["previous_attributes"] == {"name": "Ada", "metadata": {"b": None}}
        assert data["object"]["name"] == "Eve"

    def test_goes_to_each_endpoint_that_is_subscribed(self, client, receiver, server):
        endpoint(client, receiver.url, ["product.created"])
        endpoint(client, receiver.url, ["customer.created", "product.created"])
        factories.customer(client)
        client.v1.products.create({"name": "A"})
        types = sorted(json.loads(request.body)["type"] for request in receiver.wait_for(3))
        assert types == ["customer.created", "product.created", "product.created"]

    def test_does_not_go_to_a_disabled_or_deleted_endpoint(self, client, receiver, server):
        disabled, deleted = endpoint(client, receiver.url), endpoint(client, receiver.url)
        client.v1.webhook_endpoints.update(disabled.id, {"disabled": True})
        client.v1.webhook_endpoints.delete(deleted.id)
        factories.customer(client)
        assert server.deliveries() == []

    def test_is_retried_until_the_endpoint_returns_2xx(self, client, receiver, server):
        endpoint(client, receiver.url)
        receiver.status = 500
        customer = factories.customer(client)
        receiver.wait_for(1)
        event = client.v1.events.list({"type": "customer.created"}).data[0]
        assert (event.pending_webhooks, event.data.object["id"]) == (1, customer.id)
        receiver.status = 204
        receiver.wait_for(2)
        assert {request.body for request in receiver.received} == {receiver.received[0].body}
        server.flush_deliveries()
        delivery = server.deliveries("delivered")[0]
        assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 204]
        assert client.v1.events.retrieve(event.id).pending_webhooks == 0

    def test_is_not_retried_once_the_endpoint_is_disabled(self, client, receiver, server):
        made_one = endpoint(client, receiver.url)
        server.delivery_settings(delay=3600)
        factories.customer(client)
        client.v1.webhook_endpoints.update(made_one.id, {"disabled": True})
        server.flush_deliveries()
        assert [delivery["state"] for delivery in server.deliveries()] == ["dropped"]
        assert receiver.received == []

    def test_ends_after_the_whole_schedule(self, client, server, receiver):
        receiver.status = 500
        server.delivery_settings(retry_scale=1)
        endpoint(client, receiver.url)
        factories.customer(client)
        receiver.wait_for(1)
        while server.deliveries("pending"):
            server.flush_deliveries()
        assert len(server.deliveries("failed")[0]["attempts"]) == len(receiver.received) == 11

    def test_carries_both_signatures_while_a_secret_rolls(self, client, receiver, server):
        created = endpoint(client, receiver.url)
        new = server.roll_secret(created.id, overlap=60)
        factories.customer(client)
        first = receiver.wait_for(1)[0]
        assert first.event(created.secret).id == first.event(new).id
        server.advance_clock(61)
        factories.customer(client)
        second = receiver.wait_for(2)[1]
        assert second.event(new).type == "customer.created"
        with pytest.raises(stripe.SignatureVerificationError):
            second.event(created.secret)

    def test_is_signed_in_real_time_whatever_the_simulators_clock_shows(self, client, receiver, server):
        server.advance_clock(40 * 86400)
        endpoint(client, receiver.url)
        factories.customer(client)
        signed_at = int(receiver.wait_for(1)[0].signature.split(",")[0].removeprefix("t="))
        assert abs(signed_at - time.time()) < 10
