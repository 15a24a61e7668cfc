"""Plans and prices over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.factories import PlanFactory, PriceFactory

TIERS = [{"up_to": 10, "unit_amount": "5"}, {"up_to": None, "unit_amount": "0.0005", "flat_amount": "2"}]


@pytest.fixture
def plan_id(environment: Environment) -> str:
    return str(PlanFactory(environment=environment).pk)


class TestAPlan:
    def test_is_created_changed_and_archived(self, api: APIClient) -> None:
        plan = api.post("/v1/plans", {"name": "Growth", "lookup_key": "growth"}).json()
        changed = api.patch(f"/v1/plans/{plan['id']}", {"description": "For teams"}).json()
        assert (changed["name"], changed["description"]) == ("Growth", "For teams")
        assert api.delete(f"/v1/plans/{plan['id']}").json()["status"] == "archived"

    def test_has_a_lookup_key_of_its_own(self, api: APIClient) -> None:
        assert api.post("/v1/plans", {"name": "A", "lookup_key": "k"}).status_code == 201
        response = api.post("/v1/plans", {"name": "B", "lookup_key": "k"})
        assert_error(response, 409, "already_taken", lookup_key="Another active plan")

    def test_takes_no_new_price_once_archived(self, api: APIClient, plan_id: str) -> None:
        api.delete(f"/v1/plans/{plan_id}")
        response = api.post("/v1/prices", {"plan_id": plan_id, "currency": "USD"})
        assert_error(response, 400, "invalid", plan_id="is archived")


class TestAPrice:
    def post(self, api: APIClient, plan_id: str, /, **body: Any) -> Any:
        return api.post("/v1/prices", {"plan_id": plan_id, "currency": "USD"} | body)

    @pytest.mark.parametrize(
        ("currency", "sent", "written"),
        [
            ("USD", "19.9", "19.90"), ("USD", "0.000500", "0.0005"), ("USD", 12, "12.00"),
            ("JPY", "1200", "1200"), ("JPY", "0.5", "0.5"), ("KWD", "1", "1.000"),
        ],
    )  # fmt: skip
    def test_is_written_with_the_currencys_decimals_or_more(
        self, api: APIClient, plan_id: str, currency: str, sent: Any, written: str
    ) -> None:
        price = self.post(api, plan_id, currency=currency, unit_amount=sent).json()
        assert price["unit_amount"] == written
        assert api.get(f"/v1/prices/{price['id']}").json() == price

    def test_may_have_tiers(self, api: APIClient, plan_id: str) -> None:
        response = self.post(api, plan_id, billing_model="tiered", tier_mode="volume", tiers=TIERS)
        assert response.json()["tiers"] == [
            {"up_to": 10, "unit_amount": "5.00", "flat_amount": "0.00"},
            {"up_to": None, "unit_amount": "0.0005", "flat_amount": "2.00"},
        ]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"tiers": TIERS}, "tiers"),
            ({"billing_model": "tiered", "tier_mode": "volume"}, "tiers"),
            ({"billing_model": "tiered", "tiers": TIERS}, "tiers"),
            ({"billing_model": "tiered", "tier_mode": "volume", "tiers": TIERS[:1]}, "tiers"),
            ({"billing_model": "tiered", "tier_mode": "volume", "tiers": [TIERS[0], *TIERS]}, "tiers"),
            ({"billing_model": "tiered", "tier_mode": "volume", "tiers": [*TIERS, TIERS[1]]}, "tiers"),
            (
                {
                    "billing_model": "tiered",
                    "tier_mode": "volume",
                    "tiers": [{"up_to": None, "flat_amount": "-1"}],
                },
                "tiers[0].flat_amount",
            ),
            (
                {"billing_model": "tiered", "tier_mode": "volume", "tiers": [{"up_to": None, "units": 1}]},
                "tiers[0].units",
            ),
            (
                {"billing_model": "tiered", "tier_mode": "volume", "tiers": TIERS, "unit_amount": "1"},
                "unit_amount",
            ),
            ({"billing_period": "FORTNIGHTLY"}, "billing_period"),
            ({"billing_period_count": 0}, "billing_period_count"),
            ({"package_size": 0}, "package_size"),
            ({"plan_id": "plan_0"}, "plan_id"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, api: APIClient, plan_id: str, body: dict[str, Any], field: str
    ) -> None:
        response = self.post(api, plan_id, **body)
        assert (response.status_code, list(response.json()["details"])) == (400, [field])

    def test_never_changes_its_amount(self, api: APIClient, environment: Environment) -> None:
        price = PriceFactory(environment=environment)
        path = f"/v1/prices/{price.pk}"
        assert_error(api.patch(path, {"unit_amount": "20"}), 400, "invalid", unit_amount="cannot be changed")
        assert api.patch(path, {"unit_amount": "19.90", "description": "d"}).json()["description"] == "d"
        assert api.delete(path).json()["status"] == "archived"
