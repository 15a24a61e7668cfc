"""Webhook endpoints."""

import json

import pytest
import stripe

from . import factories


def endpoint(client, url, events=("*",), **params):
    return client.v1.webhook_endpoints.create({"url": url, "enabled_events": list(events), **params})


class TestAnEndpoint:
    def test_shows_its_secret_once(self, client):
        created = endpoint(client, "http://127.0.0.1:9/")
        assert created.secret.startswith("whsec_")
        assert "secret" not in client.v1.webhook_endpoints.retrieve(created.id)
        assert "secret" not in client.v1.webhook_endpoints.list().data[0]

    def test_accepts_all_events_or_some(self, client):
        with pytest.raises(stripe.InvalidRequestError, match="stands alone"):
            endpoint(client, "https://example.com", ["*", "customer.created"])

    def test_is_one_of_16_at_most(self, client):
        for _ in range(16):
            endpoint(client, "https://example.com")
        with pytest.raises(stripe.InvalidRequestError, match="maximum of 16"):
            endpoint(client, "https://example.com")

    def test_accepts_known_events_and_versions_only(self, client):
        for params in ({"enabled_events": ["unicorn.created"]}, {"api_version": "1999-01-01"}):
            with pytest.raises(stripe.InvalidRequestError):
                client.v1.webhook_endpoints.create({"url": "http://a.b", "enabled_events": ["*"], **params})

    def test_delivers_in_its_own_version(self, client, receiver):
        endpoint(client, receiver.url, api_version="2024-06-20")
        factories.customer(client)
        assert json.loads(receiver.wait_for(1)[0].body)["api_version"] == "2024-06-20"
