"""A page is compared in as many statements as a shorter one."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations.providers.stripe.comparing.table import COMPARABLES
from integrations.providers.stripe.tests.comparing.planting import Garden
from integrations.reconcile.comparing.sides import Sides

pytestmark = pytest.mark.django_db(transaction=True)
SMALL, LARGE = 2, 6


@pytest.fixture
def listed(account, connection, imported, stripe_api):
    """The objects of each list, six at least, by its name."""
    garden = Garden(account, connection)
    for number in range(LARGE):
        customer = account.customer(number)
        account.subscription(customer, account.price(f"P{number}"))
        opened = account.invoice(customer, 5000, paid=False)
        garden.v1.credit_notes.create({"invoice": opened.id, "amount": 1000})
    imported()

    class Gateway:
        def call(self, operation, params, **_named):
            name = operation.removesuffix(".list")
            return getattr(stripe_api.v1, name).list(params).to_dict()

    return {one.name: list(one.read(Gateway(), "").objects) for one in COMPARABLES}


def statements(comparable, connection, objects):
    with CaptureQueriesContext(
        database,
    ) as captured:
        assert all(not found for found in Sides(connection, comparable).compare(objects).values())
    return [one["sql"] for one in captured]


@pytest.mark.parametrize("comparable", COMPARABLES, ids=lambda one: one.name)
def test_more_objects_need_no_more_statements(listed, connection, comparable):
    objects = listed[comparable.name]
    assert len(objects) >= LARGE
    few = statements(comparable, connection, objects[:SMALL])
    many = statements(comparable, connection, objects[:LARGE])
    assert len(many) == len(few), many
