"""Times that callers send: nobody can know which moment one without a zone is."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.api import moments
from billing.api.json_types import mistyped
from billing.api.serializers.payments import PaymentInput
from billing.tests.api_errors import assert_error


class TestATimeWithoutAZone:
    @pytest.mark.parametrize("text", ["2026-03-01T12:00:00", "2026-03-01 12:00", "2026-03-01"])
    def test_is_told_from_all_others(self, text: str) -> None:
        assert moments.has_no_zone(text)
        for one in (f"{text[:10]}T12:00:00Z", f"{text[:10]}T12:00:00+01:00", "yesterday", "2026-02-30"):
            assert not moments.has_no_zone(one)

    def test_is_refused_in_a_body(self) -> None:
        field = PaymentInput().fields["received_at"]
        assert mistyped(field, "2026-03-01T12:00:00") == [moments.NO_ZONE]
        assert mistyped(field, "2026-03-01T12:00:00Z") is None

    def test_is_refused_by_its_name(self, api: APIClient, ada: Any) -> None:
        body = {"customer_id": ada["id"], "currency": "USD", "due_date": "2026-03-01T00:00:00"}
        assert_error(api.post("/v1/invoices", body), 400, "invalid", due_date="time zone")
        response = api.get("/v1/customers?created_after=2026-03-01")
        assert_error(response, 400, "invalid", created_after="time zone")
