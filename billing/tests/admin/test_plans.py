"""Plans in the admin."""

from django.test import Client

from billing.events import Change
from billing.models import Environment, Plan
from billing.tests.admin.pages import fields, page, press
from billing.tests.factories import PlanFactory


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
