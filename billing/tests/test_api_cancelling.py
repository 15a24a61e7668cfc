"""Cancelling subscriptions over the API."""

from datetime import timedelta
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from billing.facts import SubscriptionItemFacts
from billing.models import Environment, Price
from billing.tests.api_errors import assert_error
from billing.tests.clock import NOW
from billing.tests.factories import PriceFactory, SubscriptionFactory


@pytest.fixture
def price(environment: Environment) -> Price:
    return PriceFactory(environment=environment)


class TestCancelling:
    def test_happens_at_once(self, api: APIClient, environment: Environment) -> None:
        path = f"/v1/subscriptions/{SubscriptionFactory(environment=environment).pk}"
        cancelled = api.post(f"{path}/cancel").json()
        assert cancelled["status"] == "cancelled"
        assert cancelled["cancelled_at"] is not None
        assert api.post(f"{path}/cancel").json() == cancelled
        assert api.delete(path).json() == cancelled

    def test_may_wait_for_the_end_of_the_period(self, api: APIClient, environment: Environment) -> None:
        price = PriceFactory(environment=environment)
        item = SubscriptionItemFacts(price.pk, Decimal(1), NOW, NOW + timedelta(days=30))
        subscription = SubscriptionFactory(environment=environment, items=(item,))
        path = f"/v1/subscriptions/{subscription.pk}/cancel"
        response = api.post(path, {"at_period_end": True}).json()
        assert (response["status"], response["cancel_at_period_end"]) == ("active", True)
        assert response["cancel_at"] == "2026-03-31T12:00:00Z"

    def test_is_final(self, api: APIClient, environment: Environment) -> None:
        path = f"/v1/subscriptions/{SubscriptionFactory(environment=environment).pk}"
        api.delete(path)
        assert_error(api.patch(path, {"status": "active"}), 409, "subscription_cancelled")
