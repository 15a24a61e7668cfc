"""What billing's tests share: an environment, clients with keys, and a recorder of announcements."""

from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from billing import events
from billing.events import Change
from billing.models import Environment
from billing.services import environments
from billing.tests.factories import EnvironmentFactory

ADA = {
    "external_id": "crm-1",
    "name": "Ada Ltd",
    "email": "ada@example.com",
    "address_country": "GB",
    "currency": "GBP",
    "metadata": {"tier": "gold"},
}


@pytest.fixture
def environment(db: None) -> Environment:
    """The environment that ``api`` opens."""
    return EnvironmentFactory()


@pytest.fixture
def elsewhere(db: None) -> Environment:
    """An environment that ``api`` must never see."""
    return EnvironmentFactory()


def client(environment: Environment, scope: str = "write") -> APIClient:
    """A client with a key of its own."""
    _, key = environments.create_api_key(environment=environment, name="tests", scope=scope)
    made = APIClient()
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return made


@pytest.fixture
def api(environment: Environment) -> APIClient:
    """May write."""
    return client(environment)


@pytest.fixture
def reader(environment: Environment) -> APIClient:
    """May only read."""
    return client(environment, "read")


@pytest.fixture
def ada(api: APIClient) -> Any:
    """A customer made over the API, as the response shows it."""
    response = api.post("/v1/customers", ADA)
    assert response.status_code == 201, response.content
    return response.json()


@pytest.fixture(scope="module")
def document() -> Any:
    """The OpenAPI document."""
    return SchemaGenerator().get_schema(request=None, public=True)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Change]]:
    """Every change that is announced during the test."""
    changes: list[Change] = []
    subscribers: list[Any] = [changes.extend]
    monkeypatch.setattr(events, "_subscribers", subscribers)
    yield changes
