"""Programs written for FlexPrice: its names and addresses do what FlexSync's own do."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.events import Kind
from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory, InvoiceFactory, PriceFactory
from integrations.models import Connection, InboundEvent, OutboundSync
from integrations.testing import push
from integrations.tests.conftest import client
from integrations.tests.test_webhook import PERSON, post


@pytest.fixture
def ada(environment: Environment) -> Any:
    return CustomerFactory(environment=environment, external_id="crm/1", metadata={"a": "1", "b": "2"})


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.json()
    return [item["id"] for item in response.json()["items"]]


class TestNames:
    def test_of_fields_and_currencies(self, api: APIClient) -> None:
        body = {"name": "Ada", "contact": "+44 1", "currency": "gbp"}
        made = api.post("/v1/customers", body, format="json").json()
        assert (made["phone"], made["currency"], "contact" in made) == ("+44 1", "GBP", False)
        assert ids(api.get("/v1/customers?currency=gbp")) == [made["id"]]
        both = api.post("/v1/customers", body | {"phone": "1"}, format="json")
        assert_error(both, 400, "invalid", contact="no such field")

    def test_put_changes_what_is_sent_and_replaces_metadata(self, api: APIClient, ada: Any) -> None:
        path = f"/v1/customers/{ada.pk}"
        changed = api.put(path, {"name": "Ada", "metadata": {"b": "3"}}, format="json")
        assert (changed.status_code, changed["ETag"]) == (200, '"2"')
        assert (changed.json()["metadata"], changed.json()["email"]) == ({"b": "3"}, ada.email)
        assert api.patch(path, {"metadata": {"c": "4"}}, format="json").json()["metadata"] == {
            "b": "3",
            "c": "4",
        }
        assert api.put(path, {"name": "Eve"}, format="json", headers={"If-Match": '"1"'}).status_code == 412

    def test_put_changes_a_connection(self, api: APIClient, connection: Connection) -> None:
        body = {"name": "Main", "sync_config": {"plan": {"inbound": False}}}
        changed = api.put(f"/v1/connections/{connection.pk}", body, format="json").json()
        assert (changed["name"], changed["sync_config"]["plan_inbound_enabled"]) == ("Main", False)


class TestASearch:
    def test_finds_what_the_list_finds(self, api: APIClient, environment: Environment, ada: Any) -> None:
        eve = CustomerFactory(environment=environment)
        for body, found in (
            ({}, [eve, ada]),
            ({"limit": 1, "offset": 1, "status": "published", "email": None}, [ada]),
            ({"customer_ids": [ada.pk, "cust_0"]}, [ada]),
            ({"external_id": "crm/1"}, [ada]),
            ({"sort": "created_at", "order": "asc"}, [ada, eve]),
            (
                {"sort": [{"field": "created_at", "direction": "asc"}], "start_time": "2020-01-01T00:00:00Z"},
                [ada, eve],
            ),
            ({"status": "archived"}, []),
        ):
            assert ids(api.post("/v1/customers/search", body, format="json")) == [one.pk for one in found], (
                body
            )
        reader = client(environment, "read")
        page = reader.post("/v1/customers/search", {"limit": 1}, format="json").json()["pagination"]
        assert (page["total"], page["limit"], page["offset"]) == (2, 1, 0)
        body = {"limit": 1, "after": page["next"]}
        rest = reader.post("/v1/customers/search", body, format="json").json()
        assert (len(rest["items"]), rest["pagination"]["next"]) == (1, None)

    def test_takes_statuses_in_capital_letters(self, api: APIClient, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment, finalized=True)
        InvoiceFactory(environment=environment)
        for body in (
            {"invoice_status": ["FINALIZED"]},
            {"payment_status": ["PENDING"], "invoice_ids": [invoice.pk]},
        ):
            assert ids(api.post("/v1/invoices/search", body, format="json")) == [invoice.pk]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"filters": []}, "filters"),
            ({"customer_ids": []}, "customer_ids"),
            ({"start_time": "2026-03-01"}, "start_time"),
            ({"limit": 0}, "limit"),
            ({"email": {}}, "email"),
            ({"sort": 1}, "sort"),
            ({"sort": "name", "order": "up"}, "order"),
            ({"sort": "name"}, "sort"),
            ([], "body"),
        ],
    )
    def test_refuses_what_it_does_not_know(self, api: APIClient, body: Any, field: str) -> None:
        assert_error(api.post("/v1/customers/search", body, format="json"), 400, "invalid", **{field: ""})


class TestALookup:
    def test_finds_a_row_by_its_key(self, api: APIClient, environment: Environment, ada: Any) -> None:
        price = PriceFactory(environment=environment, lookup_key="gold")
        assert api.get("/v1/customers/lookup/crm/1").json() == api.get(f"/v1/customers/{ada.pk}").json()
        assert api.get("/v1/prices/lookup/gold").json()["id"] == price.pk
        api.delete(f"/v1/prices/{price.pk}")
        assert_error(api.get("/v1/prices/lookup/gold"), 404, "not_found")


class TestIntegrations:
    def test_list_the_mappings_of_a_row(self, api: APIClient, connection: Connection, ada: Any) -> None:
        push(connection, Kind.CUSTOMER, ada.pk)
        path = "/v1/integrations/mappings"
        [found] = api.get(f"{path}?entity_type=customer&entity_id={ada.pk}").json()["items"]
        [own] = api.get("/v1/mappings").json()["items"]
        assert found == own | {"provider_type": "acme", "environment_id": connection.environment_id}
        assert_error(api.get(f"{path}?entity_type=customer"), 400, "invalid", entity_id="Send it.")

    def test_sync_a_row(self, api: APIClient, connection: Connection, ada: Any) -> None:
        body = {"entity_type": "customer", "entity_id": ada.pk}
        answer = api.post("/v1/integrations/sync", body, format="json")
        sync = OutboundSync.objects.get(pk=answer.json()["sync_id"])
        assert (answer.status_code, sync.entity_id, sync.connection) == (200, ada.pk, connection)
        pulled = api.post("/v1/integrations/sync", body | {"method": "pull"}, format="json")
        assert_error(pulled, 409, "not_supported")
        other = api.post("/v1/integrations/sync", body | {"entity_id": "cust_0"}, format="json")
        assert_error(other, 400, "invalid", entity_id="There is no customer")

    def test_take_webhooks_at_its_address(self, connection: Connection) -> None:
        assert post(PERSON, "/v1/webhooks/acme/tenant_1/env_of_flexprice").status_code == 200
        assert InboundEvent.objects.get().connection == connection
        refused = post(PERSON, "/v1/webhooks/acme/t/e", secret="whsec_of_another_sender")
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_signature")
