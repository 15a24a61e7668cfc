"""A harmless change at Stripe proves that its webhooks come, and leaves nothing behind."""

import pytest

from billing.models import Plan
from integrations.inbox import processing
from integrations.models import InboundEvent
from integrations.providers.stripe.tests.diagnosing.ward import Ward
from integrations.reconcile.doctor import proof


@pytest.fixture
def reached(connection, simulator, stripe_api, settings, live_server, pipelines, transactional_db):
    """A connection whose webhooks really come."""
    settings.PUBLIC_URL = live_server.url
    return Ward(connection, simulator, stripe_api, settings)


def test_the_event_comes_and_the_secret_is_proven(reached):
    assert reached.finding("secret_unproven")
    event = proof.prove(reached.connection)
    assert event is not None and event.type == "product.created"
    assert "secret_unproven" not in {one.code for one in reached.report().findings}


def test_nothing_is_left_of_it(reached, stripe_api):
    event = proof.prove(reached.connection)
    assert list(stripe_api.v1.products.list().data) == []
    processing.process(event.pk, event.received_at)
    event.refresh_from_db()
    assert (event.state, Plan.objects.count()) == ("ignored", 0)


def test_none_comes_where_the_endpoint_is_disabled(reached, stripe_api):
    [endpoint] = stripe_api.v1.webhook_endpoints.list().data
    stripe_api.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    assert proof.prove(reached.connection, seconds=0.5) is None
    assert not InboundEvent.objects.exists()
    assert list(stripe_api.v1.products.list().data) == []
