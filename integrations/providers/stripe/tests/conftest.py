"""What these tests share: a Stripe that is there, an environment connected to it, and rows to send."""

import pytest
import stripe as sdk

from billing.models import Customer, Environment
from integrations.gateway import guarded
from integrations.models import Connection
from integrations.providers.stripe import client
from integrations.providers.stripe.tests import made
from integrations.providers.stripe.tests.golden_world import World
from integrations.providers.stripe.version import API_VERSION
from integrations.testing import make_connection
from stripe_simulator.pytest_plugin import stripe_simulator, stripe_simulator_server  # noqa: F401
from stripe_simulator.testing import SimulatorServer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden", action="store_true", help="write tests/golden/*.json from the simulator again"
    )


@pytest.fixture
def simulator(stripe_simulator: SimulatorServer, settings, monkeypatch) -> SimulatorServer:  # noqa: F811
    """An empty Stripe, which the provider calls for the length of the test."""
    settings.STRIPE_API_BASE = stripe_simulator.base_url
    # The simulator has no limit unless a test gives it one.
    settings.STRIPE_CALLS_PER_SECOND = 10_000
    # For a 429 that does not say for how long.
    monkeypatch.setattr(guarded, "UNSAID", 0.1)
    # A fault reaches the outbox at once: what the SDK repeats by itself has its own test.
    monkeypatch.setattr(client, "TIMEOUTS", (5.0, 5.0))
    monkeypatch.setattr(client, "RETRIES", 0)
    client._client.cache_clear()
    return stripe_simulator


@pytest.fixture
def theirs(simulator: SimulatorServer) -> sdk.StripeClient:
    """The official SDK, to do and to see what a person does at Stripe."""
    return sdk.StripeClient(
        "sk_test_shop_person", base_addresses={"api": simulator.base_url}, stripe_version=API_VERSION
    )


@pytest.fixture
def environment(db) -> Environment:
    return Environment.objects.create(name="Shop")


@pytest.fixture
def connection(environment: Environment) -> Connection:
    """Every switch is on."""
    return make_connection(environment.id, "stripe", credentials={"secret_key": made.SECRET_KEY})


@pytest.fixture
def customer(environment: Environment) -> Customer:
    return made.customer(environment)


@pytest.fixture
def world(connection: Connection) -> World:
    """Where golden events arrive."""
    return World(connection)
