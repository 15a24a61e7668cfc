"""``?expand=integrations``: a billing row with its counterparts."""

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.models import OutboundSync
from integrations.testing import make_connection, push
from integrations.tests.factories import CustomerFactory


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def pushed(connection, customer):
    return push(connection, Kind.CUSTOMER, customer.id)


def test_expand_shows_both_ids_and_the_state(api, connection, customer, pushed, django_assert_num_queries):
    [item] = api.get("/v1/customers?expand=integrations").json()["items"]
    [counterpart] = item["integrations"]
    assert counterpart["provider_entity_id"] == "peo_1"
    assert counterpart["sync"] | {"settled_at": ""} == {
        "id": pushed.id,
        "state": "done",
        "last_error": "",
        "settled_at": "",
    }
    unknown = CustomerFactory(environment=connection.environment)
    waiting = make_connection(connection.environment_id, "acme", name="Second")
    OutboundSync.objects.create(
        connection=waiting, entity_type="customer", entity_id=unknown.id, next_attempt_at=timezone.now()
    )
    with django_assert_num_queries(5):
        found = {
            one["id"]: one["integrations"]
            for one in api.get("/v1/customers?expand=integrations").json()["items"]
        }
    assert (found[unknown.id][0]["provider_entity_id"], found[unknown.id][0]["sync"]["state"]) == (
        None,
        "pending",
    )
