"""Subscriptions over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Customer, Environment, Price, Subscription
from billing.services.catalog import plans
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory, PriceFactory


@pytest.fixture
def customer(environment: Environment) -> Customer:
    return CustomerFactory(environment=environment)


@pytest.fixture
def price(environment: Environment) -> Price:
    return PriceFactory(environment=environment)


def post(api: APIClient, customer: Customer, *prices: Price, **body: Any) -> Any:
    items = [{"price_id": price.pk, "quantity": "2"} for price in prices]
    return api.post(
        "/v1/subscriptions", {"customer_id": customer.pk, "currency": "USD", "items": items} | body
    )


class TestASubscription:
    def test_is_created_with_its_items(self, api: APIClient, customer: Customer, price: Price) -> None:
        response = post(api, customer, price, status="trialing", trial_end="2027-01-01T00:00:00Z")
        created = response.json()
        assert (response.status_code, created["status"]) == (201, "trialing")
        assert [(item["price_id"], item["quantity"]) for item in created["items"]] == [(price.pk, "2")]
        assert api.get(f"/v1/subscriptions/{created['id']}").json() == created

    def test_keeps_the_ids_of_items_that_keep_their_price(
        self, api: APIClient, environment: Environment, customer: Customer, price: Price
    ) -> None:
        created = post(api, customer, price).json()
        other = PriceFactory(environment=environment)
        items = [{"price_id": other.pk}, {"price_id": price.pk, "quantity": "0.5"}]
        changed = api.patch(f"/v1/subscriptions/{created['id']}", {"items": items}).json()
        assert changed["items"][1]["id"] == created["items"][0]["id"]
        assert [item["quantity"] for item in changed["items"]] == ["1", "0.5"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"items": []}, "items"),
            ({"items": [{"price_id": "price_0"}]}, "items[0].price_id"),
            ({"currency": "EUR"}, "items[0].price_id"),
            ({"status": "cancelled"}, "status"),
            ({"customer_id": "cust_0"}, "customer_id"),
            ({"trial_end": "soon"}, "trial_end"),
            ({"trial_end": "0001-01-01T00:00:00+14:00"}, "trial_end"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, api: APIClient, customer: Customer, price: Price, body: dict[str, Any], field: str
    ) -> None:
        response = post(api, customer, price, **body)
        assert (response.status_code, list(response.json()["details"])) == (400, [field])
        assert not Subscription.objects.exists()

    def test_is_not_to_an_archived_price(
        self, api: APIClient, environment: Environment, customer: Customer, price: Price
    ) -> None:
        plans.archive_price(environment_id=environment.pk, price_id=price.pk)
        response = post(api, customer, price)
        assert_error(response, 400, "invalid", **{"items[0].price_id": "archived"})

    def test_is_not_to_a_price_that_is_charged_once(
        self, api: APIClient, environment: Environment, customer: Customer
    ) -> None:
        once = PriceFactory(environment=environment, billing_period="ONETIME")
        assert_error(
            post(api, customer, once), 400, "invalid", **{"items[0].price_id": "Put it on an invoice"}
        )
