"""One environment never sees another."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory, InvoiceFactory, PaymentFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db


class TestAnotherEnvironment:
    def test_responds_as_if_its_rows_did_not_exist(self, api: APIClient, elsewhere: Environment) -> None:
        foreign = CustomerFactory(environment=elsewhere, name="Secret")
        known = api.get(f"/v1/customers/{foreign.pk}").json()
        unknown = api.get("/v1/customers/cust_0").json()
        assert known | {"message": ""} == unknown | {"message": ""}
        assert known["message"].replace(foreign.pk, "cust_0") == unknown["message"]

    @pytest.mark.parametrize("method", ["get", "patch", "delete"])
    def test_is_out_of_reach_of(self, api: APIClient, elsewhere: Environment, method: str) -> None:
        foreign = CustomerFactory(environment=elsewhere, name="Secret")
        response = getattr(api, method)(f"/v1/customers/{foreign.pk}")
        assert_error(response, 404, "not_found")
        foreign.refresh_from_db()
        assert (foreign.name, foreign.status) == ("Secret", "active")

    def test_has_no_ids_to_refer_to(
        self, api: APIClient, environment: Environment, elsewhere: Environment
    ) -> None:
        own = InvoiceFactory(environment=environment, finalized=True).customer_id
        payment, foreign = PaymentFactory(environment=elsewhere), SubscriptionFactory(environment=elsewhere)
        price = foreign.items.get().price
        usd = {"currency": "USD", "customer_id": own}
        refer: list[tuple[str, dict[str, Any], str]] = [
            ("invoices", usd | {"customer_id": foreign.customer_id}, "customer_id"),
            ("invoices", usd | {"subscription_id": foreign.pk}, "subscription_id"),
            (
                "invoices",
                usd | {"lines": [{"description": "x", "amount": "1", "price_id": price.pk}]},
                "lines[0].price_id",
            ),
            ("subscriptions", usd | {"items": [{"price_id": price.pk}]}, "items[0].price_id"),
            ("prices", {"currency": "USD", "plan_id": price.plan_id}, "plan_id"),
            ("payments", usd | {"amount": "1", "invoice_id": payment.invoice_id}, "invoice_id"),
        ]
        for noun, body, field in refer:
            assert_error(api.post(f"/v1/{noun}", body), 400, "invalid", **{field: "There is no"})

    def test_cannot_be_found_by_filters(self, api: APIClient, elsewhere: Environment) -> None:
        foreign = PaymentFactory(environment=elsewhere)
        for path in (f"payments?invoice_id={foreign.invoice_id}", f"invoices?id={foreign.invoice_id}"):
            assert api.get(f"/v1/{path}").json()["items"] == []

    def test_does_not_show_in_lists(self, api: APIClient, elsewhere: Environment) -> None:
        CustomerFactory(environment=elsewhere)
        assert api.get("/v1/customers").json()["pagination"]["total"] == 0
