"""The webhook endpoint at Stripe is created once, pinned to FlexSync's version, and repaired when found."""

import pytest

from integrations.providers.stripe.gateway import open_gateway
from integrations.providers.stripe.provider import PROVIDER, ROUTES
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.version import API_VERSION

URL = "https://flexsync.example/v1/integrations/stripe/webhook/conn_1"


@pytest.fixture
def register(simulator):
    gateway = open_gateway({"secret_key": builders.SECRET_KEY})
    return lambda url, endpoint_id="": PROVIDER.webhooks.register(gateway, url=url, endpoint_id=endpoint_id)


def test_a_new_endpoint_is_pinned_and_returns_its_secret(register, stripe_api):
    created = register(URL)
    assert created.secret.startswith("whsec_")
    (found,) = stripe_api.v1.webhook_endpoints.list().data
    assert (found.id, found.url, found.api_version) == (created.endpoint_id, URL, API_VERSION)
    assert found.enabled_events == sorted(ROUTES)


def test_registering_again_repairs_and_returns_no_secret(register, stripe_api):
    endpoint = register(URL).endpoint_id
    stripe_api.v1.webhook_endpoints.update(endpoint, {"enabled_events": ["invoice.paid"], "disabled": True})
    again = register(URL)
    assert (again.endpoint_id, again.secret) == (endpoint, "")
    (found,) = stripe_api.v1.webhook_endpoints.list().data
    assert found.status == "enabled" and found.enabled_events == sorted(ROUTES)


def test_a_known_endpoint_moves_to_a_new_url(register, stripe_api):
    endpoint = register(URL).endpoint_id
    assert register("https://new.example/hook", endpoint).endpoint_id == endpoint
    assert [row.url for row in stripe_api.v1.webhook_endpoints.list().data] == ["https://new.example/hook"]


def test_a_deleted_endpoint_is_created_again(register, stripe_api):
    endpoint = register(URL).endpoint_id
    stripe_api.v1.webhook_endpoints.delete(endpoint)
    again = register(URL, endpoint)
    assert again.endpoint_id != endpoint and again.secret.startswith("whsec_")
