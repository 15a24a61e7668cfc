"""A connection whose endpoint Stripe knows, backups of its database, and a shop that sends invoices."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from integrations.connections import credentials
from integrations.providers.stripe.tests.catching_up.polls import Polls
from integrations.providers.stripe.tests.recovering.backups import Backups


@pytest.fixture
def registered(connection, simulator):
    """The connection, with its webhook endpoint at Stripe; what it sends is lost."""
    credentials.register_webhook(connection, timezone.now())
    return connection


@pytest.fixture
def backups(registered, simulator, tmp_path) -> Backups:
    """Backups of this test's database."""
    clock = lambda: datetime.fromtimestamp(simulator.simulator.clock.time(), UTC)
    return Backups(tmp_path, Polls(simulator, registered, clock))
