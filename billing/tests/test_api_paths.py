"""Paths and methods that do not exist, and unexpected errors."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.conftest import client
from billing.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


class TestAPath:
    @pytest.mark.parametrize(
        "path", ["/v1/nothing", "/v1/customers/", "/v1/customers/a/b", "/v1/customers/%00"]
    )
    def test_that_does_not_exist_is_not_found(self, api: APIClient, path: str) -> None:
        assert_error(api.get(path), 404, "not_found")

    @pytest.mark.parametrize("method", ["put", "delete", "options", "patch"])
    def test_that_does_not_know_the_method_says_so(self, api: APIClient, method: str) -> None:
        assert_error(getattr(api, method)("/v1/customers"), 405, "method_not_allowed")

    def test_that_cannot_respond_in_the_requested_type_says_so(self, api: APIClient) -> None:
        assert_error(api.get("/v1/customers", HTTP_ACCEPT="text/csv"), 406, "not_acceptable")


class TestAnUnexpectedError:
    def test_tells_nothing_of_its_cause(self, environment: Environment) -> None:
        from billing.api import expansions

        def broken(_kind: Any, _ids: Any) -> Any:
            raise RuntimeError("the password is hunter2")

        CustomerFactory(environment=environment)
        caller = client(environment)
        caller.raise_request_exception = False
        known = dict(expansions._loaders)
        expansions.register("broken", broken)
        try:
            response = caller.get("/v1/customers?expand=broken")
        finally:
            expansions._loaders.clear()
            expansions._loaders.update(known)
        assert_error(response, 500, "internal_error", request_id="req_")
        assert "hunter2" not in response.content.decode()
