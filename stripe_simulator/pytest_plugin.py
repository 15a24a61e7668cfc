"""Fixtures: `pytest_plugins = ["stripe_simulator.pytest_plugin"]` in a conftest."""

from collections.abc import Iterator

import pytest

from .testing import SimulatorServer


@pytest.fixture(scope="session")
def stripe_simulator_server() -> Iterator[SimulatorServer]:
    """Yield one server for the whole run."""
    with SimulatorServer(retry_scale=0.001) as server:
        yield server


@pytest.fixture
def stripe_simulator(stripe_simulator_server: SimulatorServer) -> SimulatorServer:
    """Return the server, empty and without faults at the start of each test."""
    stripe_simulator_server.reset()
    return stripe_simulator_server
