"""Plans and prices that a provider made active again."""

import pytest

from billing.errors import Conflict
from billing.events import Change
from billing.models import Environment
from billing.services.catalog import plans
from billing.tests.factories import (
    PlanFactory,
    PriceFactory,
)


class TestRestoring:
    def test_makes_plans_and_prices_active_again(self, environment: Environment, heard: list[Change]) -> None:
        price = PriceFactory(environment=environment)
        where = environment.pk
        plans.archive(environment_id=where, plan_id=price.plan_id)
        plans.archive_price(environment_id=where, price_id=price.pk)
        heard.clear()
        for _ in range(2):
            assert plans.restore(environment_id=where, plan_id=price.plan_id).status == "active"
            assert plans.restore_price(environment_id=where, price_id=price.pk).status == "active"
        assert len(heard) == 2

    def test_is_refused_when_the_lookup_key_was_taken_meanwhile(self, environment: Environment) -> None:
        plan = PlanFactory(environment=environment, lookup_key="k")
        plans.archive(environment_id=environment.pk, plan_id=plan.pk)
        PlanFactory(environment=environment, lookup_key="k")
        with pytest.raises(Conflict):
            plans.restore(environment_id=environment.pk, plan_id=plan.pk)
