"""On each connection a row has one counterpart at most, and so has an object of the provider."""

import pytest

from billing.events import Kind
from integrations.errors import Rejected
from integrations.mappings import entity_mappings
from integrations.models import EntityMapping
from integrations.testing import make_connection


def link(connection, entity_id, provider_id):
    return entity_mappings.link(
        connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=entity_id, provider_id=provider_id
    )


class TestLinking:
    def test_works_both_ways(self, connection):
        link(connection, "cust_1", "peo_1")
        assert entity_mappings.provider_id_of(connection.id, Kind.CUSTOMER, "cust_1") == "peo_1"
        assert entity_mappings.entity_id_of(connection.id, Kind.CUSTOMER, "peo_1") == "cust_1"
        assert entity_mappings.entity_id_of(connection.id, Kind.INVOICE, "peo_1") is None

    def test_happens_once(self, connection):
        assert link(connection, "cust_1", "peo_1") == link(connection, "cust_1", "peo_1")

    @pytest.mark.parametrize(("entity_id", "provider_id"), [("cust_1", "peo_2"), ("cust_2", "peo_1")])
    def test_names_both_parties_of_a_conflict_and_overwrites_nothing(
        self, connection, entity_id, provider_id
    ):
        mapping = link(connection, "cust_1", "peo_1")
        with pytest.raises(Rejected) as refusal:
            link(connection, entity_id, provider_id)
        assert str(refusal.value) == (
            f"customer {entity_id} cannot be linked to {provider_id}: "
            f"cust_1 is already linked to peo_1 ({mapping.id}). "
            "Decide which is right; where the mapping is wrong, relink it (POST /v1/mappings/{id}/relink, or Relink on the"
            " mapping's page in admin), or unlink it (DELETE /v1/mappings/{id}, or Unlink on the mapping's page in admin)."
        )
        assert [str(one) for one in EntityMapping.objects.all()] == ["cust_1 = peo_1"]

    def test_is_of_one_connection(self, connection):
        other = make_connection(connection.environment_id, "acme", name="Second")
        link(connection, "cust_1", "peo_1")
        link(other, "cust_1", "peo_1")
        assert EntityMapping.objects.count() == 2


def test_notes_are_merged(connection):
    link(connection, "cust_1", "peo_1")
    for facts in ({"stage": "draft", "lines": 3}, {"stage": "final"}):
        mapped = {"connection_id": connection.id, "kind": Kind.CUSTOMER, "entity_id": "cust_1"}
        entity_mappings.annotate(**mapped, facts=facts, now=None)
    assert entity_mappings.notes_of(connection.id, Kind.CUSTOMER, "cust_1") == {"stage": "final", "lines": 3}
    assert entity_mappings.notes_of(connection.id, Kind.CUSTOMER, "cust_2") == {}
