"""An object is made at Stripe without an answer, and edited there before FlexSync asks again."""

import time
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from integrations.models import Conflict
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.pair import Pair
from integrations.providers.stripe.tests.test_push_subscriptions import item, subscribe

pytestmark = pytest.mark.django_db
SOON = timezone.now().replace(microsecond=0) + timedelta(days=10)


def a_customer(environment, customer):
    return Kind.CUSTOMER, customer, "customers", partial(customers.update, customer_id=customer.pk)


def a_plan(environment, customer):
    plan = builders.price(environment).plan
    return Kind.PLAN, plan, "products", partial(plans.update, plan_id=plan.pk)


def a_price(environment, customer):
    price = builders.price(environment)
    return Kind.PRICE, price, "prices", partial(plans.update_price, price_id=price.pk)


def a_subscription(environment, customer):
    row = subscribe(customer, item(builders.price(environment, unit_amount=Decimal(10)), 3, SOON))
    return Kind.SUBSCRIPTION, row, "subscriptions", partial(subscriptions.update, subscription_id=row.pk)


def edited(pair):
    """A person changes the newest of Stripe's objects, of a subscription also the quantity."""
    service = getattr(pair.api.v1, pair.resource)
    found = service.list({"limit": 1}).data[0]
    params = {"metadata": {"theirs": "1"}}
    if pair.kind == Kind.SUBSCRIPTION:
        params["items"] = [{"id": found["items"].data[0].id, "quantity": 5}]
    service.update(found.id, params)


@pytest.mark.parametrize("order", [reversed, list])
@pytest.mark.parametrize("fault", ["reset_after", "500_after"])
@pytest.mark.parametrize("made", [a_customer, a_plan, a_price, a_subscription])
def test_the_edit_comes_here(simulator, stripe_api, connection, environment, customer, made, fault, order):
    pair = Pair(connection, stripe_api, *made(environment, customer))
    simulator.faults.add(f"{pair.resource}.create", fault)
    assert pair.push() == "sending"
    edited(pair)
    time.sleep(1.1)
    for hours in (1, 2):
        pair.go_on(timezone.now() + timedelta(hours=hours))
    pair.hear(order)
    pair.go_on(timezone.now() + timedelta(hours=3))
    pair.edit_here(metadata={**pair.here("metadata")[0], "ours": "1"})
    assert pair.push() == "done"
    custom = {"theirs": "1", "ours": "1"}
    assert custom.items() <= pair.here("metadata")[0].items()
    assert custom.items() <= pair.there()["metadata"].items()
    if pair.kind == Kind.SUBSCRIPTION:
        assert [one["quantity"] for one in pair.there()["items"]["data"]] == [5]
        assert [int(one.quantity) for one in pair.row.items.all()] == [5]
    assert not Conflict.objects.exists()
