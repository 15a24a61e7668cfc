"""External ids over the API."""

import threading
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.conftest import client
from billing.tests.factories import CustomerFactory, EnvironmentFactory


class TestAnExternalId:
    def test_is_taken_once(self, api: APIClient, ada: Any) -> None:
        response = api.post("/v1/customers", {"external_id": "crm-1"})
        assert_error(response, 409, "already_taken", external_id="Another active customer")

    def test_is_taken_on_change_too(self, api: APIClient, ada: Any, environment: Environment) -> None:
        other = CustomerFactory(environment=environment)
        response = api.patch(f"/v1/customers/{other.pk}", {"external_id": "crm-1"})
        assert_error(response, 409, "already_taken", external_id="Another active customer")

    def test_is_free_again_when_archived(self, api: APIClient, ada: Any) -> None:
        api.delete(f"/v1/customers/{ada['id']}")
        assert api.post("/v1/customers", {"external_id": "crm-1"}).status_code == 201

    def test_is_free_in_another_environment(self, api: APIClient, ada: Any, elsewhere: Environment) -> None:
        assert CustomerFactory(environment=elsewhere, external_id="crm-1").external_id == "crm-1"


class TestTheAddressOfAnExternalId:
    def test_makes_a_customer_and_then_changes_it(self, api: APIClient, heard: list[Any]) -> None:
        path = "/v1/customers/external/crm%2F7 a"
        made = api.put(path, {"name": "Ada", "metadata": {"a": "1", "b": None}})
        assert (made.status_code, made.json()["external_id"], made.json()["metadata"]) == (
            201,
            "crm/7 a",
            {"a": "1"},
        )
        changed = api.put(path, {"email": "ada@example.com", "metadata": {"c": "3"}})
        assert (changed.status_code, changed["ETag"], changed.json()["id"]) == (200, '"2"', made.json()["id"])
        assert changed.json()["metadata"] == {"a": "1", "c": "3"}
        assert api.put(path, {"name": "Ada"}).json() == changed.json() == api.get(path).json()
        assert len(heard) == 2

    def test_finds_no_archived_customer(self, api: APIClient, ada: Any) -> None:
        api.delete(f"/v1/customers/{ada['id']}")
        assert_error(api.get("/v1/customers/external/crm-1"), 404, "not_found")
        made = api.put("/v1/customers/external/crm-1", {})
        assert made.status_code == 201 and made.json()["id"] != ada["id"]

    def test_is_changed_only_in_the_version_that_was_seen(self, api: APIClient, ada: Any) -> None:
        path = "/v1/customers/external/crm-1"
        seen = api.get(path)
        assert api.put(path, {"name": "Eve"}, HTTP_IF_MATCH=seen["ETag"]).status_code == 200
        refused = api.put(path, {"name": "Bob"}, HTTP_IF_MATCH=seen["ETag"])
        assert (refused.status_code, refused.json()["code"]) == (412, "outdated")
        assert (refused.json()["details"]["current"], refused["ETag"]) == (api.get(path).json(), '"2"')
        api.delete(f"/v1/customers/{ada['id']}")
        assert_error(api.put(path, {"name": "Bob"}, HTTP_IF_MATCH="*"), 404, "not_found")
        assert_error(api.get(path, HTTP_IF_MATCH="*"), 400, "invalid", **{"If-Match": "Leave"})

    def test_is_the_id_of_the_body(self, api: APIClient, ada: Any) -> None:
        response = api.put("/v1/customers/external/crm-1", {"external_id": "crm-2"})
        assert_error(response, 400, "invalid", external_id="as the address says")


@pytest.mark.django_db(transaction=True)
def test_all_who_make_one_at_once_get_the_same_customer() -> None:
    environment, statuses, ids = EnvironmentFactory(), [], set()
    barrier, callers = threading.Barrier(6), [client(environment) for _ in range(6)]

    def put(api: APIClient, name: str) -> None:
        try:
            barrier.wait(10)
            response = api.put("/v1/customers/external/crm-9", {"name": name})
            statuses.append(response.status_code)
            ids.add(response.json()["id"])
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=(api, f"n{place}")) for place, api in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (sorted(statuses), len(ids)) == ([200] * 5 + [201], 1)
