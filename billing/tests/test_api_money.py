"""Money that cannot be is refused, naming the field."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Customer, Environment, Invoice, Price
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory, PlanFactory

pytestmark = pytest.mark.django_db


class TestMoney:
    def invoice(self, api: APIClient, customer: Customer, currency: str, **line: Any) -> Any:
        lines = [{"description": "Seats"} | line]
        return api.post("/v1/invoices", {"customer_id": customer.pk, "currency": currency, "lines": lines})

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ({"unit_amount": 12.5}, {"lines[0].unit_amount": "not exact"}),
            ({"unit_amount": 1e16}, {"lines[0].unit_amount": "not exact"}),
            ({"unit_amount": True}, {"lines[0].unit_amount": "as text"}),
            ({"unit_amount": "1e3"}, {"lines[0].unit_amount": "as text"}),
            ({"unit_amount": "NaN"}, {"lines[0].unit_amount": "as text"}),
            ({"unit_amount": None}, {"lines[0].unit_amount": "or amount alone"}),
            ({"unit_amount": "0.0000000000000001"}, {"lines[0].unit_amount": "15 after it"}),
            ({"amount": "12.505"}, {"lines[0].amount": "more decimals than USD allows: send at most 2"}),
            ({"unit_amount": "10", "amount": "11"}, {"lines[0].amount": "which is 10.00"}),
            ({"unit_amount": "10", "discount": "10.01"}, {"lines[0].discount": "at most the line's amount"}),
            ({"unit_amount": "10", "discount": "-1"}, {"lines[0].discount": "at least 0"}),
            ({"unit_amount": "10", "tax": "-1"}, {"lines[0].tax": "not be negative"}),
            ({"unit_amount": "10", "tax_percentage": "101"}, {"lines[0].tax_percentage": "at most 100"}),
            ({"unit_amount": "10", "quantity": "-1"}, {"lines[0].quantity": "0 or more"}),
            (
                {"unit_amount": "10", "quantity": "0.0000000000001"},
                {"lines[0].quantity": "12 decimal places"},
            ),
            ({"unit_amount": "-10"}, {"lines": "cannot be negative"}),
            ({"unit_amount": "9" * 15, "quantity": "10"}, {"lines[0].unit_amount": "too large"}),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, api: APIClient, environment: Environment, line: dict[str, Any], said: dict[str, str]
    ) -> None:
        response = self.invoice(api, CustomerFactory(environment=environment), "USD", **line)
        assert_error(response, 400, "invalid", **said)
        assert not Invoice.objects.exists()

    @pytest.mark.parametrize("currency", ["XXX", "US", "EURO", ""])
    def test_of_no_currency_is_refused(self, api: APIClient, environment: Environment, currency: str) -> None:
        response = self.invoice(api, CustomerFactory(environment=environment), currency, amount="1")
        assert (response.status_code, list(response.json()["details"])) == (400, ["currency"])

    def test_of_a_price_is_never_negative(self, api: APIClient, environment: Environment) -> None:
        plan = PlanFactory(environment=environment)
        response = api.post("/v1/prices", {"plan_id": plan.pk, "currency": "USD", "unit_amount": "-1"})
        assert_error(response, 400, "invalid", unit_amount="0 or more")
        assert not Price.objects.exists()
