"""A client of the API, and what a caller does with mappings."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from integrations.tests.conftest import client


@pytest.fixture
def api(environment: Environment) -> APIClient:
    return client(environment)


@pytest.fixture
def link(api: APIClient, connection):
    """Links a row to one of Stripe's objects, for a reason; ``?dry_run=true`` in ``query`` only shows it."""

    def link(kind: str, row: str, provider_id: str, query: str = "", **fields: Any) -> Any:
        pair = {"entity_type": kind, "entity_id": row, "provider_entity_id": provider_id}
        return api.post(f"/v1/mappings{query}", {**pair, "reason": "The same.", **fields}, format="json")

    return link
