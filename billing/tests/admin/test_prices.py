"""Prices in the admin."""

from decimal import Decimal
from typing import Any

from django.test import Client

from billing.models import Plan, Price
from billing.tests.admin.pages import fields, page, press
from billing.tests.factories import PlanFactory, PriceFactory

TIERED: dict[str, Any] = {"billing_model": "tiered", "tier_mode": "volume", "unit_amount": "0"}


def new_price(client: Client, plan: Plan, **values: Any) -> Any:
    """Fills in the form of a new price."""
    form = fields(client.get(page(Price, "add")))
    return client.post(page(Price, "add"), form | {"plan": plan.pk, "currency": "USD"} | values)


class TestAPrice:
    def test_is_added_to_the_environment_of_its_plan(self, operator: Client) -> None:
        plan = PlanFactory()
        new_price(operator, plan, unit_amount="19.9")
        price = Price.objects.get()
        assert (price.unit_amount, price.environment_id) == (Decimal("19.9"), plan.environment_id)

    def test_is_added_with_tiers(self, operator: Client) -> None:
        tiers = '[{"up_to": 10, "unit_amount": "2"}, {"up_to": null, "unit_amount": "1.5"}]'
        new_price(operator, PlanFactory(), tiers=tiers, **TIERED)
        assert [tier["unit_amount"] for tier in Price.objects.get().tiers] == ["2", "1.5"]

    def test_shows_what_is_wrong_with_its_tiers(self, operator: Client) -> None:
        for tiers in ("[1]", '{"up_to": 1}', '[{"unit_amount": "much"}]', '[{"up_to": 10}]'):
            response = new_price(operator, PlanFactory(), tiers=tiers, **TIERED)
            assert "tiers" in response.context["adminform"].form.errors, tiers
        assert not Price.objects.exists()

    def test_keeps_its_amount_and_changes_its_names(self, operator: Client) -> None:
        price = PriceFactory()
        where = page(Price, "change", price.pk)
        operator.post(where, {"lookup_key": "seat", "unit_amount": "1", "metadata": "{}"})
        price.refresh_from_db()
        assert (price.lookup_key, price.unit_amount) == ("seat", Decimal("19.90"))

    def test_is_archived(self, operator: Client) -> None:
        price = PriceFactory()
        press(operator, price, "archive")
        price.refresh_from_db()
        assert price.status == "archived"
