"""Endpoints that fail for days."""

import pytest

from . import factories

DAY = 86400


@pytest.fixture
def failing(client, server, receiver):
    """An endpoint that fails from the first event on."""
    receiver.status = 500
    return client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})


def days_of_events(client, server, days):
    for _ in range(days):
        factories.customer(client)
        server.flush_deliveries()
        server.advance_clock(DAY)
    factories.customer(client)
    server.flush_deliveries()


def status(client, endpoint):
    return client.v1.webhook_endpoints.retrieve(endpoint.id).status


class TestAnEndpointThatFails:
    def test_is_disabled_after_nine_days(self, client, server, failing):
        days_of_events(client, server, 8)
        assert status(client, failing) == "enabled"
        server.advance_clock(DAY)
        days_of_events(client, server, 0)
        assert status(client, failing) == "disabled"

    def test_gets_nothing_more_until_it_is_enabled_again(self, client, server, receiver, failing):
        server.settings(endpoint_disabled_after_days=1)
        days_of_events(client, server, 1)
        server.flush_deliveries()
        assert server.deliveries("pending") == []
        count, receiver.status = len(receiver.received), 200
        factories.customer(client)
        client.v1.webhook_endpoints.update(failing.id, {"disabled": False})
        factories.customer(client)
        server.flush_deliveries()
        assert len(receiver.wait_for(count + 1)) == count + 1

    def test_stays_enabled_when_one_delivery_succeeds(self, client, server, receiver, failing):
        days_of_events(client, server, 5)
        receiver.status = 200
        server.flush_deliveries()
        receiver.status = 500
        days_of_events(client, server, 5)
        assert status(client, failing) == "enabled"

    def test_is_never_disabled_when_that_is_set(self, client, server, failing):
        server.settings(endpoint_disabled_after_days=0)
        days_of_events(client, server, 12)
        assert status(client, failing) == "enabled"
