"""The Idempotency-Key header: carried out once, the response repeated, never mixed up."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from billing.api.idempotency_records import forget_old
from billing.models import Customer, Environment, IdempotentRequest, Invoice
from billing.tests.api_errors import assert_error
from billing.tests.conftest import client
from billing.tests.factories import CustomerFactory, InvoiceFactory

pytestmark = pytest.mark.django_db


def create(api: APIClient, key: str = "k-1", **body: Any) -> Any:
    return api.post("/v1/customers", body or {"name": "Ada"}, HTTP_IDEMPOTENCY_KEY=key)


class TestAKey:
    def test_does_the_same_request_once(self, api: APIClient) -> None:
        first, second = create(api), create(api)
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.content == first.content
        assert ("Idempotent-Replayed" in first, second["Idempotent-Replayed"]) == (False, "true")
        assert second["Content-Type"] == "application/json"
        assert Customer.objects.count() == 1

    def test_is_refused_for_another_body(self, api: APIClient) -> None:
        create(api)
        assert_error(create(api, name="Bob"), 422, "idempotency_key_reused")
        assert Customer.objects.count() == 1

    def test_is_refused_for_another_path(self, api: APIClient) -> None:
        create(api)
        response = api.post("/v1/plans", {"name": "Ada"}, HTTP_IDEMPOTENCY_KEY="k-1")
        assert_error(response, 422, "idempotency_key_reused")

    def test_belongs_to_one_environment(self, api: APIClient, elsewhere: Environment) -> None:
        create(api)
        assert "Idempotent-Replayed" not in create(client(elsewhere))
        assert Customer.objects.count() == 2

    def test_can_be_used_again_after_a_refusal(self, api: APIClient) -> None:
        assert create(api, nmae="Ada").status_code == 400
        assert create(api).status_code == 201

    def test_keeps_nothing_of_a_conflict(self, api: APIClient, environment: Environment) -> None:
        taken = CustomerFactory(environment=environment, external_id="x")
        assert create(api, external_id="x").status_code == 409
        api.delete(f"/v1/customers/{taken.pk}")
        assert create(api, external_id="x").status_code == 201

    @pytest.mark.parametrize("key", ["", "k" * 256, "k\u00e9", "a\tb"])
    def test_must_be_short_printable_text(self, api: APIClient, key: str) -> None:
        assert_error(create(api, key), 400, "invalid", **{"Idempotency-Key": "1 to 255 printable"})

    def test_works_on_actions_too(self, api: APIClient, environment: Environment) -> None:
        invoice = InvoiceFactory(environment=environment)
        path = f"/v1/invoices/{invoice.pk}/finalize"
        first = api.post(path, HTTP_IDEMPOTENCY_KEY="k")
        api.post(f"/v1/invoices/{invoice.pk}/void")
        assert api.post(path, HTTP_IDEMPOTENCY_KEY="k").content == first.content
        assert Invoice.objects.get().status == "voided"

    def test_works_on_changes_and_ends_too(self, api: APIClient, ada: Any) -> None:
        path = f"/v1/customers/{ada['id']}"
        first = api.patch(path, {"name": "Eve"}, HTTP_IDEMPOTENCY_KEY="k")
        api.patch(path, {"name": "Bob"})
        assert api.patch(path, {"name": "Eve"}, HTTP_IDEMPOTENCY_KEY="k").content == first.content
        assert api.get(path).json()["name"] == "Bob"
        assert_error(api.delete(path, HTTP_IDEMPOTENCY_KEY="k"), 422, "idempotency_key_reused")
        ended = api.delete(path, HTTP_IDEMPOTENCY_KEY="l")
        assert api.delete(path, HTTP_IDEMPOTENCY_KEY="l")["Idempotent-Replayed"] == "true"
        assert ended.json()["status"] == "archived"

    def test_is_of_what_a_request_says_and_not_of_how_it_is_spelled(self, api: APIClient) -> None:
        for body in ('{"name":"\u00c4da","phone":"1"}', '{ "phone": "1",\n"name": "\\u00c4da" }'):
            response = api.post(
                "/v1/customers", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k"
            )
            assert response.status_code == 201
        assert Customer.objects.count() == 1

    def test_means_nothing_on_other_methods(self, api: APIClient) -> None:
        assert api.get("/v1/customers", HTTP_IDEMPOTENCY_KEY="k").status_code == 200
        assert not IdempotentRequest.objects.exists()

    def test_is_not_looked_at_without_an_api_key(self, api: APIClient) -> None:
        create(api)
        assert_error(create(APIClient()), 401, "not_authenticated")

    def test_is_forgotten_after_a_day(self, api: APIClient) -> None:
        create(api)
        assert forget_old(timezone.now() + timedelta(hours=23)) == 0
        assert forget_old(timezone.now() + timedelta(hours=25)) == 1
