"""Fixtures: the simulator, a client of the official SDK, and a receiver of webhooks."""

from collections.abc import Iterator

import pytest
from stripe import StripeClient

from stripe_simulator.pytest_plugin import stripe_simulator, stripe_simulator_server
from stripe_simulator.state.filters import entries_of
from stripe_simulator.testing import SimulatorServer

from .receiver import Receiver

__all__ = ["stripe_simulator", "stripe_simulator_server"]


@pytest.fixture
def server(stripe_simulator: SimulatorServer) -> Iterator[SimulatorServer]:
    """Yield the server; after the test its indexes must agree with the objects."""
    yield stripe_simulator
    for account in stripe_simulator._server.config.app.state.simulator.accounts.values():
        for object in list(account.objects.values()):
            collection = account.collections[object["object"]]
            for entry in entries_of(object) if object["id"] in collection else ():
                assert object in account.having(object["object"], *entry), object["id"]


@pytest.fixture
def client(server: SimulatorServer) -> StripeClient:
    return client_of(server, "sk_test_demo")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def client_of(server: SimulatorServer, key: str) -> StripeClient:
    return StripeClient(key, base_addresses={"api": server.base_url}, max_network_retries=0)
