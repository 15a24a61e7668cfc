"""An object that is gone at the provider: the choices over the API, and what programs see of it."""

import pytest

from billing.events import Kind
from billing.models import Customer, Environment
from integrations.errors import Missing
from integrations.models import Connection, EntityMapping, OutboundSync
from integrations.outbox import worker
from integrations.testing import make_connection, push
from integrations.tests.conftest import client
from integrations.tests.factories import CustomerFactory


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def mapping(connection, customer, server):
    """The mapping of a customer whose person is gone, and whose push is blocked."""
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    mapping = EntityMapping.objects.get()
    with server.state() as state:
        calls = len(state["calls"])
    server.faults = {calls + 1: {"before": Missing("No person.", object_id=mapping.provider_entity_id)}}
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "blocked"
    return mapping


def choose(api, mapping, choice):
    return api.post(
        f"/v1/mappings/{mapping.pk}/resolve", {"choice": choice, "reason": "As agreed."}, format="json"
    )


def deliver():
    for sync in OutboundSync.objects.filter(state="pending"):
        worker.deliver(sync.pk, now=sync.next_attempt_at)


def test_the_mapping_says_since_when_and_why(api, mapping):
    found = api.get(f"/v1/mappings/{mapping.pk}").json()
    assert found["gone_at"] is not None
    assert (found["gone_reason"], found["gone_choice"]) == ("No person.", "")


@pytest.mark.parametrize(("value", "count"), [("true", 1), ("false", 0)])
def test_mappings_are_filtered_by_it(api, mapping, value, count):
    assert len(api.get(f"/v1/mappings?gone={value}").json()["items"]) == count


def test_the_entity_says_so(api, mapping, customer):
    [entry] = api.get(f"/v1/customers/{customer.pk}?expand=integrations").json()["integrations"]
    assert entry["gone_at"] is not None
    assert "is gone at Acme" in entry["sync"]["last_error"]


def test_created_anew_another_object_is_made_and_the_mapping_is_history(api, mapping, customer):
    answer = choose(api, mapping, "create_anew")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["entity_id"], shown["former_entity_id"]) == ("", customer.pk)
    assert (shown["gone_choice"], shown["decided_by"]) == ("create_anew", "API key tests")
    deliver()
    [now] = api.get(f"/v1/mappings?entity_id={customer.pk}").json()["items"]
    assert (now["provider_entity_id"], now["gone_at"]) == ("peo_4", None)
    [former] = api.get(f"/v1/mappings?former_entity_id={customer.pk}").json()["items"]
    assert former == shown


def test_archived_here_the_row_is_archived_and_its_push_is_done(api, mapping):
    assert choose(api, mapping, "archive").json()["gone_choice"] == "archive"
    deliver()
    assert Customer.objects.get().status == "archived"
    assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}


def test_left_its_push_is_done_without_a_call(api, mapping, server):
    with server.state() as state:
        calls = len(state["calls"])
    assert choose(api, mapping, "leave").status_code == 200
    deliver()
    assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
    with server.state() as state:
        assert len(state["calls"]) == calls


def test_another_choice_can_be_made_later(api, mapping, customer):
    choose(api, mapping, "leave")
    deliver()
    assert choose(api, mapping, "create_anew").status_code == 200
    deliver()
    assert EntityMapping.objects.get(entity_id=customer.pk).gone_at is None


def test_an_object_that_is_there_leaves_nothing_to_choose(api, connection, customer):
    push(connection, Kind.CUSTOMER, customer.pk)
    answer = choose(api, EntityMapping.objects.get(), "leave")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_gone")


def test_one_that_was_given_up_leaves_nothing_to_choose(api, mapping):
    choose(api, mapping, "create_anew")
    answer = choose(api, mapping, "leave")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_gone")


def test_nothing_is_made_anew_for_what_has_ended_here(api, mapping):
    choose(api, mapping, "archive")
    answer = choose(api, mapping, "create_anew")
    assert (answer.status_code, answer.json()["code"]) == (409, "ended_here")


def test_what_is_gone_comes_back_only_where_another_is_wanted(api, mapping, customer):
    choose(api, mapping, "archive")
    deliver()
    path = f"/v1/customers/{customer.pk}/restore"
    refused = api.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "gone_at_provider")
    assert '"create_anew": true' in refused.json()["message"]
    assert Customer.objects.get().status == "archived"
    version = api.get(f"/v1/customers/{customer.pk}")["ETag"]
    body = {"create_anew": True, "reason": "They are back."}
    restored = api.post(path, body, format="json", headers={"If-Match": version})
    assert (restored.status_code, restored.json()["status"]) == (200, "active")
    deliver()
    [now] = api.get(f"/v1/mappings?entity_id={customer.pk}").json()["items"]
    assert (now["provider_entity_id"], now["gone_at"]) == ("peo_4", None)
    [change] = [
        one for one in api.get("/v1/mapping_changes").json()["items"] if one["action"] == "created_anew"
    ]
    assert (change["reason"], change["done_by"]) == ("They are back.", "API key tests")


def test_nothing_is_made_anew_at_a_deleted_connection(api, mapping):
    Connection.objects.update(status="archived")
    answer = choose(api, mapping, "create_anew")
    assert (answer.status_code, answer.json()["code"]) == (409, "connection_stopped")


def test_the_reason_is_kept(api, mapping, customer):
    body = {"choice": "leave", "reason": "They will come back."}
    api.post(f"/v1/mappings/{mapping.pk}/resolve", body, format="json")
    [change] = api.get(f"/v1/mapping_changes?entity_id={customer.pk}").json()["items"]
    assert (change["action"], change["reason"], change["done_by"]) == (
        "left",
        "They will come back.",
        "API key tests",
    )


@pytest.mark.parametrize("body", [{}, {"choice": "forget"}, {"choice": "leave", "why": "so"}])
def test_a_wrong_body_is_refused(api, mapping, body):
    assert api.post(f"/v1/mappings/{mapping.pk}/resolve", body, format="json").status_code == 400


def test_other_environments_and_readers_cannot_choose(environment, mapping):
    assert choose(client(environment, "read"), mapping, "leave").status_code == 403
    other = Environment.objects.create(name="Other")
    make_connection(other.pk, "acme")
    assert choose(client(other), mapping, "leave").status_code == 404


def test_a_doubled_request_chooses_once(api, mapping):
    address, body = f"/v1/mappings/{mapping.pk}/resolve", {"choice": "create_anew", "reason": "As agreed."}
    first = api.post(address, body, format="json", headers={"Idempotency-Key": "once"})
    again = api.post(address, body, format="json", headers={"Idempotency-Key": "once"})
    assert (first.status_code, again.json()) == (200, first.json())
