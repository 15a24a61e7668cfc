"""What the tests of money that moves share: both roads, an invoice at Stripe, a customer with a saved card."""

import httpx
import pytest
from django.db import connections

from billing.events import Kind
from billing.services import environments
from integrations.providers.stripe import client
from integrations.providers.stripe.tests import made
from integrations.providers.stripe.tests.patience import waiting_at_most
from integrations.providers.stripe.tests.paying.steps import twin
from integrations.providers.stripe.tests.roads import Roads


@pytest.fixture
def roads(simulator, connection, live_server, monkeypatch):
    # The live server's threads outlive the test: they must not hold on to its database.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    # A busy machine is no fault: calls are counted here.
    monkeypatch.setattr(client, "TIMEOUTS", (10.0, 30.0))
    client._client.cache_clear()
    roads = Roads(simulator)
    roads.register(connection, live_server.url)
    return roads


@pytest.fixture
def api(live_server, environment, roads):
    """The API of the connection's environment."""
    _, key = environments.create_api_key(environment=environment, name="shop", scope="write")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=f"{live_server.url}/v1", headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture
def impatient(invoice):
    """Answers that do not come are not waited for long."""
    with waiting_at_most(0.5):
        yield


@pytest.fixture
def invoice(roads, customer):
    """Finalized here, and pushed because its switch is on."""
    invoice = made.invoice(customer)
    roads.settle()
    invoice.refresh_from_db()
    return invoice


@pytest.fixture
def card(theirs, invoice):
    """Saves a card for the invoice's customer, as the default unless said; answers its id at Stripe."""

    def save(token="pm_card_visa", *, default=True):
        whose = twin(Kind.CUSTOMER, invoice.customer_id)
        saved = theirs.v1.payment_methods.attach(token, {"customer": whose}).id
        if default:
            settings = {"invoice_settings": {"default_payment_method": saved}}
            theirs.v1.customers.update(whose, settings)
        return saved

    return save
