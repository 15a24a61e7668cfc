"""Invalid bodies get an exact error and change nothing."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Customer
from billing.tests.api_errors import assert_error

pytestmark = pytest.mark.django_db


class TestABody:
    @pytest.mark.parametrize(
        "body", ["{", '{"name": NaN}', "[" * 20000, b"\xff", '{"name": 1' + "0" * 5000 + "}"]
    )
    def test_that_is_no_json_is_refused(self, api: APIClient, body: str | bytes) -> None:
        response = api.generic("POST", "/v1/customers", body, content_type="application/json")
        assert_error(response, 400, "malformed_json")

    def test_with_a_name_twice_is_refused(self, api: APIClient) -> None:
        line = '{"description": "Seats", "unit_amount": "1.00", "unit_amount": "100.00"}'
        body = '{"customer_id": "c", "currency": "USD", "lines": [' + line + "]}"
        response = api.generic("POST", "/v1/invoices", body, content_type="application/json")
        assert_error(response, 400, "malformed_json")
        assert response.json()["message"] == "JSON parse error - 'unit_amount' is there twice. Send it once."

    @pytest.mark.parametrize("body", ["[]", '"text"', "1", "null"])
    def test_that_is_no_object_is_refused(self, api: APIClient, body: str) -> None:
        response = api.generic("POST", "/v1/customers", body, content_type="application/json")
        assert response.status_code == 400
        assert response.json()["code"] == "invalid"

    def test_of_500_kb_is_refused(self, api: APIClient) -> None:
        assert_error(api.post("/v1/customers", {"name": "x" * 500_000}), 413, "body_too_large")
        response = api.post("/v1/customers", {"name": "x" * 500_000}, HTTP_IDEMPOTENCY_KEY="k")
        assert_error(response, 413, "body_too_large")

    def test_in_chunks_is_refused_and_not_taken_for_an_empty_one(self, api: APIClient) -> None:
        response = api.post("/v1/customers", HTTP_TRANSFER_ENCODING="chunked", CONTENT_LENGTH="")
        assert_error(response, 411, "length_required")
        assert not Customer.objects.exists()

    def test_of_another_type_is_refused(self, api: APIClient) -> None:
        response = api.generic("POST", "/v1/customers", "name=Ada", content_type="text/plain")
        said = assert_error(response, 415, "unsupported_media_type")
        assert "Send Content-Type: application/json." in said["message"]

    @pytest.mark.parametrize(
        "headers",
        [{"HTTP_CONTENT_ENCODING": "gzip"}, {"content_type": "application/json; charset=iso-8859-1"}],
        ids=["gzip", "charset"],
    )
    def test_in_another_form_than_json_in_utf_8_is_refused(
        self, api: APIClient, headers: dict[str, str]
    ) -> None:
        response = api.generic(
            "POST", "/v1/customers", '{"name": "Ada"}', **({"content_type": "application/json"} | headers)
        )
        assert_error(response, 415, "unsupported_media_type")
        assert not Customer.objects.exists()

    @pytest.mark.parametrize(("name", "value"), [("name", 5), ("name", True), ("metadata", [])])
    def test_with_another_type_than_the_fields_is_refused(
        self, api: APIClient, name: str, value: Any
    ) -> None:
        response = api.post("/v1/customers", {"phone": "1", name: value})
        assert (response.status_code, list(response.json()["details"])) == (400, [name])

    def test_that_cannot_be_quoted_in_the_answer_is_refused(self, api: APIClient) -> None:
        response = api.generic("POST", "/v1/customers", '{"\\ud800": 1}', content_type="application/json")
        assert_error(response, 400, "invalid", **{"\ufffd": "no such field"})

    def test_with_an_unknown_field_is_refused_by_name(self, api: APIClient) -> None:
        response = api.post("/v1/customers", {"name": "Ada", "nmae": "x", "status": "archived"})
        assert_error(response, 400, "invalid", nmae="no such field", status="no such field")
        assert not Customer.objects.exists()

    def test_with_an_unknown_nested_field_is_refused_by_name(self, api: APIClient) -> None:
        lines = [{"description": "a", "amount": "1"}, {"description": "b", "unit_amont": "1"}]
        response = api.post("/v1/invoices", {"customer_id": "c", "currency": "USD", "lines": lines})
        assert_error(response, 400, "invalid", **{"lines[1].unit_amont": "no such field"})

    @pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
    def test_with_text_that_cannot_be_stored_is_refused(self, api: APIClient, text: str) -> None:
        for field, value in (("name", text), ("metadata", {"a": text}), ("metadata", {text: "a"})):
            response = api.generic(
                "POST",
                "/v1/customers",
                json.dumps({"phone": "1", field: value}),
                content_type="application/json",
            )
            assert (response.status_code, list(response.json()["details"])) == (400, [field])

    @pytest.mark.parametrize("metadata", ["text", [], {"a": 1}, {"": "x"}, {"a" * 41: "x"}, {"a": "x" * 501}])
    def test_with_metadata_that_is_not_text_by_name_is_refused(self, api: APIClient, metadata: Any) -> None:
        response = api.post("/v1/customers", {"name": "Ada", "metadata": metadata})
        assert (response.status_code, list(response.json()["details"])) == (400, ["metadata"])
