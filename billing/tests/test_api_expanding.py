"""Expanding what other apps know of a row."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.api import expansions
from billing.events import Kind
from billing.models import Environment
from billing.tests import factories


def ids(api: APIClient, path: str) -> list[str]:
    response = api.get(path)
    assert response.status_code == 200, response.content
    return [item["id"] for item in response.json()["items"]]


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The ids that the expansion ``counterparts`` was called with; it finds something only for the first."""
    asked: list[Any] = []

    def loader(kind: Kind, wanted: Any) -> dict[str, Any]:
        asked.append((kind, list(wanted)))
        return {wanted[0]: [{"provider": "test"}]}

    monkeypatch.setattr(expansions, "_loaders", {"counterparts": loader})
    return asked


class TestExpanding:
    def test_loads_once_for_a_page(self, api: APIClient, environment: Environment, loads: list[Any]) -> None:
        factories.CustomerFactory.create_batch(2, environment=environment)
        items = api.get("/v1/customers?expand=counterparts").json()["items"]
        assert [item["counterparts"] for item in items] == [[{"provider": "test"}], []]
        assert loads == [(Kind.CUSTOMER, [item["id"] for item in items])]

    def test_works_for_one_and_costs_nothing_unasked(
        self, api: APIClient, environment: Environment, loads: list[Any]
    ) -> None:
        path = f"/v1/plans/{factories.PlanFactory(environment=environment).pk}"
        assert "counterparts" not in api.get(path).json()
        assert loads == []
        assert api.get(f"{path}?expand=counterparts").json()["counterparts"] == [{"provider": "test"}]

    def test_of_an_empty_page_loads_nothing(self, api: APIClient, loads: list[Any]) -> None:
        assert ids(api, "/v1/plans?expand=counterparts") == []
        assert loads == []
