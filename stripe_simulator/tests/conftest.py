"""Fixtures: the simulator, a client of the official SDK, and a receiver of webhooks."""

from collections.abc import Iterator

import pytest
from stripe import StripeClient

from stripe_simulator.pytest_plugin import stripe_simulator, stripe_simulator_server
from stripe_simulator.testing import SimulatorServer

from .receiver import Receiver

__all__ = ["stripe_simulator", "stripe_simulator_server"]


@pytest.fixture
def server(stripe_simulator: SimulatorServer) -> SimulatorServer:
    return stripe_simulator


@pytest.fixture
def client(server: SimulatorServer) -> StripeClient:
    return client_of(server, "sk_test_demo")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def client_of(server: SimulatorServer, key: str) -> StripeClient:
    return StripeClient(key, base_addresses={"api": server.base_url}, max_network_retries=0)
