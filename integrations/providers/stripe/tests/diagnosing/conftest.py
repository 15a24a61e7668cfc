"""Fixtures of these tests: a connection in good health."""

import pytest

from integrations.providers.stripe.tests.diagnosing.ward import Ward
from integrations.tests.workers import empty_broker


@pytest.fixture
def ward(connection, simulator, stripe_api, settings):
    """A connection in good health."""
    settings.PUBLIC_URL = "https://billing.example.com"
    empty_broker()
    yield Ward(connection, simulator, stripe_api, settings).heal()
    empty_broker()
