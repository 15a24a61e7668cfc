"""Mappings, events and syncs over the API."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.tests.api_errors import assert_error
from integrations.errors import Rejected
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.testing import make_connection, push, receive
from integrations.tests.conftest import client
from integrations.tests.factories import CustomerFactory, EnvironmentFactory
from integrations.tests.test_inbox import event


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def pushed(connection, customer):
    return push(connection, Kind.CUSTOMER, customer.id)


class TestMappings:
    def test_show_both_sides(self, api, pushed, customer):
        [item] = api.get(f"/v1/mappings?entity_type=customer&entity_id={customer.id}").json()["items"]
        assert (item["provider"], item["entity_id"], item["provider_entity_id"]) == (
            "acme",
            customer.id,
            "peo_1",
        )
        assert api.get(f"/v1/mappings/{item['id']}").json() == item

    def test_leave_out_what_we_never_had(self, api, connection):
        receive(connection, event(rank=2))
        assert EntityMapping.objects.count() == 1
        assert api.get("/v1/mappings").json()["items"] == []

    @pytest.mark.parametrize("query", ["entity_type=moon", "colour=red", "limit=0", "ordering=secret"])
    def test_refuse_filters_that_make_no_sense(self, api, query):
        assert api.get(f"/v1/mappings?{query}").status_code == 400


class TestEvents:
    def test_are_listed_without_their_payload(self, api, connection):
        row = receive(connection, event())
        [item] = api.get("/v1/events?state=applied&type=person.changed").json()["items"]
        assert (item["id"], item["object_id"], "payload" in item) == (row.id, "peo_9", False)
        assert api.get(f"/v1/events/{row.id}").json()["payload"] == row.payload

    def test_cost_the_same_however_many_they_are(self, api, connection, django_assert_num_queries):
        for number in range(5):
            receive(connection, event(number))
        api.get("/v1/events")  # the key's last use is written once a minute
        with django_assert_num_queries(3):
            assert len(api.get("/v1/events").json()["items"]) == 5

    def test_can_be_replayed(self, api, connection):
        row = receive(connection, event(trouble="rejected"))
        answer = api.post(f"/v1/events/{row.id}/replay")
        assert (answer.status_code, answer.json()["state"]) == (202, "pending")


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
        answer = api.post(f"/v1/syncs/{sync.id}/retry")
        assert (answer.status_code, answer.json()["state"]) == (202, "pending")

    def test_are_not_tried_again_when_they_are_done(self, api, pushed):
        assert_error(api.post(f"/v1/syncs/{pushed.id}/retry"), 409, "sync_settled")

    def test_can_be_cancelled_while_nobody_works_on_them(self, api, pushed):
        OutboundSync.objects.update(state="pending", settled_at=None)
        assert api.post(f"/v1/syncs/{pushed.id}/cancel").json()["state"] == "cancelled"
        assert_error(api.post(f"/v1/syncs/{pushed.id}/cancel"), 409, "sync_settled")


class TestEnvironments:
    def test_are_kept_apart(self, connection, pushed):
        receive(connection, event())
        stranger = client(EnvironmentFactory())
        for noun, model in (("mappings", EntityMapping), ("events", InboundEvent), ("syncs", OutboundSync)):
            assert stranger.get(f"/v1/{noun}").json()["items"] == []
            row = model.objects.first()
            assert_error(stranger.get(f"/v1/{noun}/{row.pk}"), 404, "not_found")
        for action in ("retry", "cancel"):
            assert_error(stranger.post(f"/v1/syncs/{pushed.id}/{action}"), 404, "not_found")
        replay = stranger.post(f"/v1/events/{InboundEvent.objects.get().id}/replay")
        assert_error(replay, 404, "not_found")
        assert InboundEvent.objects.get().state == "applied"

    @pytest.mark.parametrize("path", ["events/{}/replay", "syncs/{}/retry", "syncs/{}/cancel"])
    def test_bodies_with_anything_in_them_are_refused(self, api, connection, pushed, path):
        row = receive(connection, event()) if path.startswith("events") else pushed
        assert_error(
            api.post(f"/v1/{path.format(row.id)}", {"now": True}), 400, "invalid", now="no such field"
        )


def test_expand_shows_both_sides_and_the_state(api, connection, customer, pushed, django_assert_num_queries):
    [item] = api.get("/v1/customers?expand=integrations").json()["items"]
    [twin] = item["integrations"]
    assert twin["provider_entity_id"] == "peo_1"
    assert twin["sync"] | {"settled_at": ""} == {
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
