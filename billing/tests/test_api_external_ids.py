"""External ids over the API."""

from typing import Any

from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory


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
