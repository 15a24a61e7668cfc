"""Fixtures of the tests of payments: both pipelines, an invoice at Stripe, a customer with a saved card."""

import httpx
import pytest

from billing.events import Kind
from billing.services import environments
from integrations.providers.stripe import client
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.paying.steps import stripe_id_of
from integrations.providers.stripe.tests.timeouts import call_timeout


@pytest.fixture
def pipelines(pipelines, monkeypatch):
    """These tests count calls: a busy machine must not cause a timeout."""
    monkeypatch.setattr(client, "TIMEOUTS", (10.0, 30.0))
    monkeypatch.setattr(client, "PERSONS_TIMEOUTS", (10.0, 30.0))
    client._client.cache_clear()
    return pipelines


@pytest.fixture
def api(live_server, environment, pipelines):
    """A client of the API of the connection's environment."""
    _, key = environments.create_api_key(environment=environment, name="shop", scope="write")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=f"{live_server.url}/v1", headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture
def short_timeout(invoice):
    """Lets calls without a response time out soon."""
    with call_timeout(0.5):
        yield


@pytest.fixture
def invoice(pipelines, customer):
    """Finalized here, and pushed because its switch is on."""
    invoice = builders.invoice(customer)
    pipelines.settle()
    invoice.refresh_from_db()
    return invoice


@pytest.fixture
def card(stripe_api, invoice):
    """Saves a card for the invoice's customer, by default as the default; returns its id at Stripe."""

    def save(token="pm_card_visa", *, default=True):
        customer = stripe_id_of(Kind.CUSTOMER, invoice.customer_id)
        saved = stripe_api.v1.payment_methods.attach(token, {"customer": customer}).id
        if default:
            settings = {"invoice_settings": {"default_payment_method": saved}}
            stripe_api.v1.customers.update(customer, settings)
        return saved

    return save
