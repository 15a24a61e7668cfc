"""Fixtures of these tests: a simulated Stripe, an environment connected to it, and rows to send."""

import pytest
import stripe as sdk
from django.db import connections

from billing.models import Customer, Environment
from integrations.gateway import guarded
from integrations.models import Connection
from integrations.providers.stripe import client
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.golden_world import World
from integrations.providers.stripe.tests.pipelines import Pipelines
from integrations.providers.stripe.version import API_VERSION
from integrations.testing import make_connection
from integrations.tests.workers import empty_broker, worker
from stripe_simulator.pytest_plugin import stripe_simulator, stripe_simulator_server  # noqa: F401
from stripe_simulator.testing import SimulatorServer


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden", action="store_true", help="write tests/golden/*.json from the simulator again"
    )
    parser.addoption("--regenerate-events", action="store_true", help="write docs/events.md again")


@pytest.fixture
def simulator(stripe_simulator: SimulatorServer, settings, monkeypatch) -> SimulatorServer:  # noqa: F811
    """An empty Stripe, which the provider calls during the test."""
    settings.STRIPE_API_BASE = stripe_simulator.base_url
    # The simulator has no limit unless a test gives it one.
    settings.STRIPE_CALLS_PER_SECOND = 10_000
    # The pause after a 429 without Retry-After.
    monkeypatch.setattr(guarded, "DEFAULT_PAUSE_SECONDS", 0.1)
    # A fault reaches the outbox at once: what the SDK repeats by itself has its own test.
    monkeypatch.setattr(client, "TIMEOUTS", (5.0, 5.0))
    monkeypatch.setattr(client, "PERSONS_TIMEOUTS", (5.0, 5.0))
    monkeypatch.setattr(client, "RETRIES", 0)
    monkeypatch.setattr(client, "PERSONS_RETRIES", 0)
    client._client.cache_clear()
    return stripe_simulator


@pytest.fixture
def stripe_api(simulator: SimulatorServer) -> sdk.StripeClient:
    """The official SDK, with which a test acts and looks at Stripe as a person would."""
    return sdk.StripeClient(
        "sk_test_shop_person", base_addresses={"api": simulator.base_url}, stripe_version=API_VERSION
    )


@pytest.fixture
def environment(db) -> Environment:
    return Environment.objects.create(name="Shop")


@pytest.fixture
def connection(environment: Environment) -> Connection:
    """Every switch is on."""
    return make_connection(environment.id, "stripe", credentials={"secret_key": builders.SECRET_KEY})


@pytest.fixture
def customer(environment: Environment) -> Customer:
    return builders.customer(environment)


@pytest.fixture
def pipelines(simulator, connection, live_server, monkeypatch) -> Pipelines:
    """The inbound and the outbound pipeline, with a webhook endpoint at the live server."""
    # The live server's threads outlive the test: they must not hold on to its database.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    pipelines = Pipelines(simulator)
    pipelines.register(connection, live_server.url)
    return pipelines


@pytest.fixture
def start(tmp_path, simulator):
    """Starts real workers that call the simulator, with more environment variables if given."""
    empty_broker()
    environment = {"STRIPE_API_BASE": simulator.base_url, "STRIPE_CALLS_PER_SECOND": "10000"}
    environment["LOG_LEVEL"] = "WARNING"
    yield lambda **more: worker(tmp_path, environment=environment | more)
    empty_broker()


@pytest.fixture
def world(simulator: SimulatorServer, connection: Connection) -> World:
    """Where golden events arrive; a look-up finds nothing of them, unless a test puts it there."""
    return World(connection)
