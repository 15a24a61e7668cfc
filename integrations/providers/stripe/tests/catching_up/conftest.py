"""A shop at Stripe, a connection that is polled, and webhooks that come when a test says so."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.models import Connection
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.catching_up.polls import Polls
from integrations.testing import make_connection
from stripe_simulator.testing import SimulatorServer

Clock = Callable[[], datetime]


@pytest.fixture
def clock(simulator: SimulatorServer) -> Clock:
    """The simulator's time."""
    return lambda: datetime.fromtimestamp(simulator.simulator.clock.time(), UTC)


@pytest.fixture
def polls(simulator: SimulatorServer, connection: Connection, clock: Clock) -> Polls:
    """Polls of ``connection`` by the simulator's time."""
    return Polls(simulator, connection, clock)


@pytest.fixture
def restricted(environment: Any, simulator: SimulatorServer) -> Callable[..., Connection]:
    """Makes a connection with a key that has these permissions only."""

    def make(*permissions: str) -> Connection:
        key = builders.SECRET_KEY.replace("sk_", "rk_")
        simulator.restrict_key(key, *permissions)
        return make_connection(environment.id, "stripe", name="Restricted", credentials={"secret_key": key})

    return make
