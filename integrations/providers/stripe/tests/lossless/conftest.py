"""Rows and their counterparts, as this folder's tests edit them."""

from typing import Any

import pytest

from billing.events import Kind
from billing.models import Plan
from billing.services.catalog import plans
from billing.services.customers import customers
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.pair import Pair


@pytest.fixture
def customer_pair(simulator, stripe_api, connection, customer) -> Pair:
    def update(**values: Any) -> object:
        return customers.update(customer_id=customer.pk, **values)

    return Pair(connection, stripe_api, Kind.CUSTOMER, customer, "customers", update).known_on_both_sides()


@pytest.fixture
def price_pair(simulator, stripe_api, connection, environment) -> Pair:
    price = builders.price(environment)

    def update(**values: Any) -> object:
        return plans.update_price(price_id=price.pk, **values)

    return Pair(connection, stripe_api, Kind.PRICE, price, "prices", update).known_on_both_sides()


@pytest.fixture
def plan_pair(price_pair) -> Pair:
    plan = Plan.objects.get()

    def update(**values: Any) -> object:
        return plans.update(plan_id=plan.pk, **values)

    pair = Pair(price_pair.connection, price_pair.api, Kind.PLAN, plan, "products", update)
    return pair.known_on_both_sides()
