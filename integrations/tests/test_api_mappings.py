"""Mappings over the API."""

import pytest

from billing.events import Kind
from integrations.models import EntityMapping
from integrations.testing import push, receive
from integrations.tests.factories import CustomerFactory
from integrations.tests.test_inbox import event


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def pushed(connection, customer):
    return push(connection, Kind.CUSTOMER, customer.id)


class TestMappings:
    def test_show_both_ids(self, api, pushed, customer):
        [item] = api.get(f"/v1/mappings?entity_type=customer&entity_id={customer.id}").json()["items"]
        assert (item["provider"], item["entity_id"], item["provider_entity_id"]) == (
            "acme",
            customer.id,
            "peo_1",
        )
        assert api.get(f"/v1/mappings/{item['id']}").json() == item

    def test_leave_out_what_was_never_in_flexsync(self, api, connection):
        receive(connection, event(rank=2))
        assert EntityMapping.objects.count() == 1
        assert api.get("/v1/mappings").json()["items"] == []

    @pytest.mark.parametrize("query", ["entity_type=moon", "colour=red", "limit=0", "ordering=secret"])
    def test_refuse_wrong_filters(self, api, query):
        assert api.get(f"/v1/mappings?{query}").status_code == 400
