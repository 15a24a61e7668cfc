"""Plans and prices in the admin."""

from decimal import Decimal
from typing import Any

from django.test import Client

from billing.events import Change
from billing.models import Environment, Plan, Price
from billing.tests.admin.pages import fields, page, press
from billing.tests.factories import PlanFactory, PriceFactory

TIERED: dict[str, Any] = {"billing_model": "tiered", "tier_mode": "volume", "unit_amount": "0"}


def new_price(client: Client, plan: Plan, **values: Any) -> Any:
    """Fills in the form of a new price."""
    form = fields(client.get(page(Price, "add")))
    return client.post(page(Price, "add"), form | {"plan": plan.pk, "currency": "USD"} | values)


class TestAPlan:
    def test_is_added_and_announced(
        self, operator: Client, environment: Environment, heard: list[Change]
    ) -> None:
        operator.post(page(Plan, "add"), {"environment_id": environment.pk, "name": "Team"})
        assert [change.id for change in heard] == [Plan.objects.get().pk]

    def test_is_changed_and_announced(self, operator: Client, heard: list[Change]) -> None:
        plan = PlanFactory()
        heard.clear()
        where = page(Plan, "change", plan.pk)
        operator.post(where, fields(operator.get(where)) | {"description": "For teams"})
        plan.refresh_from_db()
        assert plan.description == "For teams"
        assert len(heard) == 1

    def test_is_archived(self, operator: Client) -> None:
        plan = PlanFactory()
        press(operator, plan, "archive")
        plan.refresh_from_db()
        assert plan.status == "archived"

    def test_leads_to_the_form_of_a_price(self, operator: Client) -> None:
        plan = PlanFactory()
        response = operator.get(page(Plan, "add_price", plan.pk), follow=True)
        assert response.context["adminform"].form.initial["plan"] == plan.pk


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
