"""A customer on both sides, two findings of it, and a client of the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Customer
from billing.services import environments
from integrations.models import Finding


@pytest.fixture
def ada(account, imported) -> Any:
    """A customer on both sides."""
    made = account.customer(1, phone="555")
    imported()
    return made


@pytest.fixture
def two(ada, findings, stripe_api) -> list[Finding]:
    """Two findings of one customer: its name was changed there, its phone here."""
    stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
    Customer.objects.update(phone="777")
    found: list[Finding] = findings()
    return found


@pytest.fixture
def api(environment) -> APIClient:
    """With a key that may write."""
    _, key = environments.create_api_key(environment=environment, name="tests", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client
