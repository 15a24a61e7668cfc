"""Query parameters that make no sense are refused, not ignored."""

import pytest
from rest_framework.test import APIClient

from billing.models import Customer
from billing.tests.api_errors import assert_error

pytestmark = pytest.mark.django_db


class TestParameters:
    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("limit=0", {"limit": "from 1 to 250"}),
            ("limit=251", {"limit": "send the `next` of each page as `after`"}),
            ("limit=ten", {"limit": "whole number"}),
            ("limit=", {"limit": "leave it out"}),
            ("external_id=", {"external_id": "leave it out"}),
            ("offset=-1", {"offset": "whole number"}),
            ("offset=10001", {"offset": "send the `next` of each page as `after`"}),
            ("offset=99999999999999999999", {"offset": "whole number"}),
            ("currency=%25d", {"currency": "'%D' is not a currency"}),
            ("colour=red", {"colour": "no such parameter"}),
            ("status=gone", {"status": "Send one of: active, archived."}),
            ("created_after=yesterday", {"created_after": "valid date"}),
            ("ordering=name", {"ordering": "Send one of: created_at, -created_at"}),
            ("ordering=created_at,,-created_at", {"ordering": "nothing before, between or after commas"}),
            ("id=a,", {"id": "nothing before, between or after commas"}),
            ("expand=everything", {"expand": "cannot be expanded"}),
            ("external_id=%00", {"external_id": "Null characters"}),
        ],
    )
    def test_that_make_no_sense_are_refused(self, api: APIClient, query: str, said: dict[str, str]) -> None:
        assert_error(api.get(f"/v1/customers?{query}"), 400, "invalid", **said)

    def test_do_not_exist_on_writes(self, api: APIClient) -> None:
        response = api.post("/v1/customers?dry_run=true", {"name": "Ada"})
        assert_error(response, 400, "invalid", dry_run="no such parameter")
        assert not Customer.objects.exists()
