"""Differences of every kind are found, and nothing else is."""

import pytest

from integrations.providers.stripe.tests.comparing.planting import Garden, told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(account, connection, imported):
    made = Garden(account, connection)
    made.prepare(1)
    imported()
    return made


def test_every_difference_is_found_and_nothing_else(garden, findings):
    assert findings() == []
    planted = garden.plant()
    assert {told(one) for one in findings()} == planted
