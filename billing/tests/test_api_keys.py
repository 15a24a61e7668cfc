"""What an API key opens, and what it does not."""

import pytest
from rest_framework.test import APIClient

from billing.models import ApiKey, Customer, Environment
from billing.services import environments
from billing.tests.api_errors import assert_error

pytestmark = pytest.mark.django_db


class TestAKey:
    def test_is_needed(self) -> None:
        response = APIClient().get("/v1/customers")
        said = assert_error(response, 401, "not_authenticated")
        assert "Send Authorization: Bearer <key> or x-api-key: <key>." in said["message"]
        assert response["WWW-Authenticate"] == 'Bearer realm="FlexSync"'

    @pytest.mark.parametrize("key", ["wrong", "abcdefgh.wrong", "\u00e9", "a\x7fb"])
    def test_that_does_not_exist_is_refused(self, key: str) -> None:
        assert_error(APIClient().get("/v1/customers", HTTP_X_API_KEY=key), 401, "authentication_failed")

    def test_with_another_secret_is_refused(self, environment: Environment) -> None:
        _, key = environments.create_api_key(environment=environment, name="k", scope="read")
        response = APIClient().get("/v1/customers", HTTP_AUTHORIZATION=f"Bearer {key[:-1]}~")
        assert_error(response, 401, "authentication_failed")

    def test_that_is_revoked_is_refused(self, api: APIClient) -> None:
        ApiKey.objects.update(revoked=True)
        assert_error(api.get("/v1/customers"), 401, "authentication_failed")

    def test_to_read_may_not_write(self, reader: APIClient) -> None:
        assert reader.get("/v1/customers").status_code == 200
        assert_error(reader.post("/v1/customers", {"name": "Ada"}), 403, "permission_denied")
        assert not Customer.objects.exists()

    def test_may_come_in_either_header(self, environment: Environment) -> None:
        _, key = environments.create_api_key(environment=environment, name="k", scope="read")
        assert APIClient().get("/v1/customers", HTTP_X_API_KEY=key).status_code == 200

    def test_remembers_when_it_was_used(self, api: APIClient) -> None:
        api.get("/v1/customers")
        assert ApiKey.objects.get().last_used_at is not None
