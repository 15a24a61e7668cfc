"""Syncs over the API."""

from dataclasses import replace

import pytest

from billing.events import Kind
from billing.tests.api_errors import assert_error
from integrations.errors import Rejected
from integrations.models import OutboundSync
from integrations.testing import make_connection, push, registered
from integrations.tests import acme
from integrations.tests.factories import CustomerFactory


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def pushed(connection, customer):
    return push(connection, Kind.CUSTOMER, customer.id)


class TestSyncs:
    def test_show_their_calls(self, api, pushed):
        assert "calls" not in api.get("/v1/syncs").json()["items"][0]
        calls = api.get(f"/v1/syncs/{pushed.id}").json()["calls"]
        assert [(call["step"], call["operation"], call["state"]) for call in calls] == [
            ("create", "people.create", "done"),
            ("tag", "tags.create", "done"),
            ("welcome", "letters.create", "done"),
        ]
        assert calls[0]["params"] == {"name": "Ada", "email": "ada@example.com"}
        assert (calls[0]["request_id"], calls[0]["seconds"] >= 0) == ("req_1", True)

    def test_can_be_tried_again(self, api, connection, customer, server):
        server.faults = {1: {"before": Rejected("no")}}
        sync = push(connection, Kind.CUSTOMER, customer.id)
        response = api.post(f"/v1/syncs/{sync.id}/retry")
        assert (response.status_code, response.json()["state"]) == (202, "pending")

    def test_are_not_tried_again_when_they_are_done(self, api, pushed):
        assert_error(api.post(f"/v1/syncs/{pushed.id}/retry"), 409, "sync_settled")

    def test_can_be_cancelled_while_no_worker_has_them(self, api, pushed):
        OutboundSync.objects.update(state="pending", settled_at=None)
        assert api.post(f"/v1/syncs/{pushed.id}/cancel").json()["state"] == "cancelled"
        assert_error(api.post(f"/v1/syncs/{pushed.id}/cancel"), 409, "sync_settled")


class TestStartingABulkSync:
    BODY = {"entity_type": "customer", "unsynced": True}

    def test_takes_the_only_connection(self, api, connection, customer):
        run = api.post("/v1/syncs", self.BODY)
        assert (run.status_code, run.json()["connection_id"]) == (202, connection.pk)

    def test_asks_which_of_several_providers(self, api, connection, server):
        with registered(replace(acme.provider(server), slug="other", label="Other")):
            second = make_connection(connection.environment_id, "other", name="Second")
            error = assert_error(
                api.post("/v1/syncs", self.BODY), 409, "several_connections", connection_id=second.pk
            )
            assert f"{second.pk} (Second)" in error["message"]
            run = api.post("/v1/syncs", self.BODY | {"provider": "other"})
            assert run.json()["connection_id"] == second.pk
