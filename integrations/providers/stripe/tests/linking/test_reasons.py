"""Whoever changes a mapping by hand says why; what a body names is there, or the body is wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Environment
from integrations.models import Connection, EntityMapping, MappingChange, OutboundSync
from integrations.testing import make_connection, push

pytestmark = pytest.mark.django_db


@pytest.fixture
def linked(connection, customer, stripe_api):
    """The mapping of a customer who was pushed."""
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    return EntityMapping.objects.get()


@pytest.fixture
def theirs(stripe_api):
    return stripe_api.v1.customers.create({"name": "Ada"}).id


@pytest.mark.parametrize("reason", [{}, {"reason": ""}, {"reason": "  "}])
class TestWithoutAReason:
    @staticmethod
    def refused(response):
        assert (response.status_code, list(response.json()["details"])) == (400, ["reason"])
        assert not MappingChange.objects.exists()

    def test_nothing_is_linked(self, api, connection, customer, theirs, reason):
        pair = {"entity_type": "customer", "entity_id": customer.pk, "provider_entity_id": theirs}
        self.refused(api.post("/v1/mappings", pair | reason, format="json"))
        assert api.post("/v1/mappings?dry_run=true", pair | reason, format="json").status_code == 200

    def test_nothing_is_relinked(self, api, linked, theirs, reason):
        address, body = f"/v1/mappings/{linked.pk}/relink", {"provider_entity_id": theirs} | reason
        self.refused(api.post(address, body, format="json"))
        assert api.post(f"{address}?dry_run=true", body, format="json").status_code == 200

    def test_nothing_is_unlinked(self, api, linked, reason):
        query = f"reason={reason['reason']}" if reason else ""
        self.refused(api.delete(f"/v1/mappings/{linked.pk}?{query}"))
        assert api.delete(f"/v1/mappings/{linked.pk}?dry_run=true").status_code == 200

    def test_nothing_is_decided_of_what_is_gone(self, api, linked, connection, stripe_api, customer, reason):
        body = {"choice": "leave"} | reason
        self.refused(api.post(f"/v1/mappings/{linked.pk}/resolve", body, format="json"))


def test_a_link_that_is_made_already_is_returned(api, link, linked):
    for query in ("", "?dry_run=true"):
        again = link(linked.entity_type, linked.entity_id, linked.provider_entity_id, query)
        assert (again.status_code, again.json()) == (200, api.get(f"/v1/mappings/{linked.pk}").json())
    assert not MappingChange.objects.exists()


def test_a_dry_run_is_refused_as_the_call_is_while_the_row_is_sent(api, link, linked, customer, theirs):
    now = timezone.now()
    OutboundSync.objects.update(state="sending", leased_until=now + timedelta(minutes=1), settled_at=None)
    address, body = f"/v1/mappings/{linked.pk}", {"provider_entity_id": theirs, "reason": "The right one."}
    for query in ("?dry_run=true", "?reason=Wrong."):
        assert api.delete(f"{address}{query}").json()["code"] == "sync_in_progress", query
    for query in ("?dry_run=true", ""):
        refused = api.post(f"{address}/relink{query}", body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "sync_in_progress"), query


def test_a_mapping_is_changed_only_as_it_was_seen(api, linked, theirs):
    address, body = f"/v1/mappings/{linked.pk}", {"provider_entity_id": theirs, "reason": "The right one."}
    first = api.get(address)["ETag"]
    relinked = api.post(f"{address}/relink", body, format="json", HTTP_IF_MATCH=first)
    assert (relinked.status_code, relinked["ETag"]) == (200, api.get(address)["ETag"])
    late = api.delete(f"{address}?reason=Wrong.", HTTP_IF_MATCH=first)
    assert (late.status_code, late.json()["details"]["current"]) == (412, api.get(address).json())
    assert api.delete(f"{address}?reason=Wrong.", HTTP_IF_MATCH=relinked["ETag"]).status_code == 204


def test_one_whose_object_is_gone_is_not(link, linked, connection, stripe_api):
    stripe_api.v1.customers.delete(linked.provider_entity_id)
    Customer.objects.update(name="Ada King")
    assert push(connection, Kind.CUSTOMER, linked.entity_id).state == "blocked"
    refused = link(linked.entity_type, linked.entity_id, linked.provider_entity_id).json()
    assert (refused["code"], "if it is back, unlink it" in refused["message"]) == ("mapping_conflict", True)


@pytest.mark.parametrize("named", ["unknown", "of another environment", "other provider"])
def test_a_body_names_a_connection_that_is_there(link, connection, customer, theirs, named):
    elsewhere = make_connection(Environment.objects.create(name="Other").pk, "stripe")
    wrong = {
        "unknown": {"connection_id": "conn_01JD0000000000000000000000"},
        "of another environment": {"connection_id": elsewhere.pk},
        "other provider": {"provider": "moon"},
    }[named]
    refused = link("customer", customer.pk, theirs, **wrong).json()
    assert (refused["http_status_code"], refused["code"], list(refused["details"])) == (
        400,
        "invalid",
        list(wrong),
    )


def test_an_environment_without_connections_has_nothing_to_link_to(link, connection, customer):
    Connection.objects.update(status="archived")
    refused = link("customer", customer.pk, "cus_1").json()
    assert (refused["http_status_code"], refused["code"]) == (409, "conflict")
    assert "POST /v1/connections" in refused["message"]


def test_bulk_syncs_are_refused_alike(api, connection):
    body = {"entity_type": "customer", "unsynced": True, "connection_id": "conn_01JD0000000000000000000000"}
    assert api.post("/v1/syncs", body, format="json").json()["code"] == "invalid"
    refused = api.post("/v1/syncs", {"entity_type": "customer", "ids": ["cust_1"]}, format="json").json()
    assert (refused["code"], list(refused["details"])) == ("invalid", ["ids"])
