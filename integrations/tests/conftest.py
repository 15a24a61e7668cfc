"""What the tests of this app share: Acme, an environment, a connection to Acme."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from billing.services import environments
from integrations.models import Connection
from integrations.testing import make_connection, registered
from integrations.tests import acme
from integrations.tests.acme_server import Server
from integrations.tests.factories import EnvironmentFactory


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Acme's side; the provider is registered meanwhile."""
    server = Server(str(tmp_path))
    with registered(acme.provider(server)):
        yield server


@pytest.fixture
def environment(db: None) -> Environment:
    return EnvironmentFactory()


@pytest.fixture
def connection(environment: Environment, server: Server) -> Connection:
    """An active connection to Acme with every switch on."""
    return make_connection(
        environment.id,
        "acme",
        secret="whsec_of_the_connection",
        credentials={"secret_key": "test_0123456789abcd"},
    )


@pytest.fixture
def api(environment: Environment) -> APIClient:
    """A client whose key may write in ``environment``."""
    return client(environment)


def client(environment: Environment, scope: str = "write") -> APIClient:
    """A client with a key of its own."""
    _, key = environments.create_api_key(environment=environment, name="tests", scope=scope)
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return made
