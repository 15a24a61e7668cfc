"""Archived rows over the API, made active again."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.events import Change
from billing.models import Environment
from billing.tests import factories
from billing.tests.api_errors import assert_error


class TestRestoring:
    @pytest.mark.parametrize("noun", ["customer", "plan", "price"])
    def test_makes_a_row_active_again_once(
        self, api: APIClient, environment: Environment, noun: str, heard: list[Change]
    ) -> None:
        row: Any = getattr(factories, f"{noun.capitalize()}Factory")(environment=environment)
        api.delete(f"/v1/{noun}s/{row.pk}")
        heard.clear()
        stale = api.post(f"/v1/{noun}s/{row.pk}/restore", headers={"If-Match": '"1"'})
        assert (stale.status_code, stale.json()["details"]["current"]["status"]) == (412, "archived")
        for _ in range(2):
            response = api.post(f"/v1/{noun}s/{row.pk}/restore")
            assert (response.status_code, response.json()["status"], response["ETag"]) == (
                200,
                "active",
                '"3"',
            )
        assert len(heard) == 1

    def test_is_refused_where_the_external_id_was_taken(self, api: APIClient, ada: Any) -> None:
        api.delete(f"/v1/customers/{ada['id']}")
        api.post("/v1/customers", {"external_id": "crm-1"})
        response = api.post(f"/v1/customers/{ada['id']}/restore")
        assert_error(response, 409, "already_taken", external_id="Another active customer")
