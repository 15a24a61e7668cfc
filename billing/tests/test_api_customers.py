"""Customers over the API."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.tests.api_errors import assert_error
from billing.tests.conftest import ADA


class TestACustomer:
    def test_is_created_with_what_was_sent(self, ada: Any) -> None:
        assert ada.items() >= ADA.items()
        assert ada["id"].startswith("cust_")
        assert (ada["status"], ada["phone"]) == ("active", "")
        assert "integrations" not in ada

    def test_is_read_as_it_was_created(self, api: APIClient, ada: Any) -> None:
        assert api.get(f"/v1/customers/{ada['id']}").json() == ada

    def test_changes_only_the_fields_that_are_sent(self, api: APIClient, ada: Any) -> None:
        changed = api.patch(f"/v1/customers/{ada['id']}", {"email": "new@example.com"}).json()
        assert changed == ada | {
            "email": "new@example.com",
            "updated_at": changed["updated_at"],
            "version": 2,
        }

    @pytest.mark.parametrize("body", [{}, {"currency": "EUR"}, {"name": "", "metadata": {"a": "b"}}])
    def test_is_not_created_with_nothing_to_tell_it_by(self, api: APIClient, body: dict[str, Any]) -> None:
        said = {"name": "Send at least one of name, email, phone, external_id."}
        assert_error(api.post("/v1/customers", body), 400, "invalid", **said)

    def test_stays_readable_when_archived(self, api: APIClient, ada: Any) -> None:
        response = api.delete(f"/v1/customers/{ada['id']}")
        assert (response.status_code, response.json()["status"]) == (200, "archived")
        assert api.get(f"/v1/customers/{ada['id']}").json()["status"] == "archived"

    def test_gets_no_new_invoice_once_archived(self, api: APIClient, ada: Any) -> None:
        api.delete(f"/v1/customers/{ada['id']}")
        response = api.post("/v1/invoices", {"customer_id": ada["id"], "currency": "USD"})
        assert_error(response, 400, "invalid", customer_id="is archived")

    def test_has_its_country_by_its_code(self, api: APIClient, ada: Any) -> None:
        changed = api.patch(f"/v1/customers/{ada['id']}", {"address_country": "de"}).json()
        assert changed["address_country"] == "DE"
        response = api.patch(f"/v1/customers/{ada['id']}", {"address_country": "Germany"})
        assert_error(
            response, 400, "invalid", address_country="Send a two-letter ISO 3166-1 code such as DE."
        )

    def test_names_what_is_missing_of_a_changed_tax_id(self, api: APIClient, ada: Any) -> None:
        response = api.patch(f"/v1/customers/{ada['id']}", {"tax_ids": [{"type": "eu_vat"}]})
        assert_error(response, 400, "invalid", **{"tax_ids[0].value": "This field is required."})

    @pytest.mark.parametrize(
        ("field", "value"),
        [("email", "nobody"), ("address_country", "Germany"), ("name", "x" * 5001), ("phone", None)],
    )
    def test_is_refused_with_a_bad_field(self, api: APIClient, field: str, value: Any) -> None:
        response = api.post("/v1/customers", {field: value})
        assert (response.status_code, list(response.json()["details"])) == (400, [field])
