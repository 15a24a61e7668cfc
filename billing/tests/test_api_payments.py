"""Payments over the API: money that came outside any gateway."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from billing.models import Environment, Invoice
from billing.tests.api_errors import assert_error
from billing.tests.factories import CustomerFactory, InvoiceFactory, PaymentFactory


@pytest.fixture
def invoice(environment: Environment) -> Invoice:
    return InvoiceFactory(environment=environment, finalized=True)


def post(api: APIClient, invoice: Invoice, **body: Any) -> Any:
    known = {
        "customer_id": invoice.customer_id,
        "invoice_id": invoice.pk,
        "amount": "100.00",
        "currency": "USD",
        "method": "bank_transfer",
    }
    return api.post("/v1/payments", known | body)


class TestAPayment:
    def test_pays_its_invoice(self, api: APIClient, invoice: Invoice) -> None:
        response = post(api, invoice)
        payment = response.json()
        assert (response.status_code, payment["status"], payment["amount"]) == (201, "succeeded", "100.00")
        assert payment["succeeded_at"] is not None
        paid = api.get(f"/v1/invoices/{invoice.pk}").json()
        assert (paid["payment_status"], paid["amount_paid"], paid["amount_remaining"]) == (
            "succeeded", "100.00", "0.00",
        )  # fmt: skip

    def test_says_when_it_came(self, api: APIClient, invoice: Invoice) -> None:
        payment = post(api, invoice, received_at="2026-01-02T03:04:05Z").json()
        assert (payment["succeeded_at"], payment["method"]) == ("2026-01-02T03:04:05Z", "bank_transfer")

    def test_came_neither_in_the_future_nor_before_it_came(self, api: APIClient, invoice: Invoice) -> None:
        response = post(api, invoice, received_at="2999-01-02T03:04:05Z")
        assert_error(response, 400, "invalid", received_at="in the future")
        response = post(api, invoice, received_at="2026-01-02T03:04:05Z", status="pending")
        assert_error(response, 400, "invalid", received_at="was not received yet")

    def test_that_was_announced_says_when_it_came(self, api: APIClient, invoice: Invoice) -> None:
        path = f"/v1/payments/{post(api, invoice, status='pending').json()['id']}"
        body = {"status": "succeeded", "received_at": "2026-01-02T03:04:05Z"}
        assert api.patch(path, body).json()["succeeded_at"] == "2026-01-02T03:04:05Z"

    def test_may_be_announced_before_it_comes(self, api: APIClient, invoice: Invoice) -> None:
        payment = post(api, invoice, status="pending").json()
        assert api.get(f"/v1/invoices/{invoice.pk}").json()["amount_paid"] == "0.00"
        settled = api.patch(f"/v1/payments/{payment['id']}", {"status": "succeeded"}).json()
        assert settled["status"] == "succeeded"
        assert api.get(f"/v1/invoices/{invoice.pk}").json()["payment_status"] == "succeeded"

    def test_may_be_given_back(self, api: APIClient, invoice: Invoice) -> None:
        path = f"/v1/payments/{post(api, invoice).json()['id']}"
        body = {"status": "partially_refunded", "amount_refunded": "40"}
        assert api.patch(path, body).json()["amount_refunded"] == "40.00"
        assert api.get(f"/v1/invoices/{invoice.pk}").json()["payment_status"] == "partially_refunded"
        assert api.patch(path, {"status": "refunded"}).json()["amount_refunded"] == "100.00"

    def test_without_an_invoice_stands_alone(self, api: APIClient, invoice: Invoice) -> None:
        assert post(api, invoice, invoice_id=None).status_code == 201
        assert api.get(f"/v1/invoices/{invoice.pk}").json()["amount_paid"] == "0.00"

    def test_is_cancelled_while_it_is_pending(self, api: APIClient, invoice: Invoice) -> None:
        path = f"/v1/payments/{post(api, invoice, status='pending').json()['id']}"
        assert api.delete(path).json()["status"] == "cancelled"
        assert api.delete(path).status_code == 200

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"amount": "0"}, "amount"),
            ({"amount": "1.001"}, "amount"),
            ({"amount": 1.5}, "amount"),
            ({"currency": "EUR"}, "currency"),
            ({"status": "refunded"}, "status"),
            ({"invoice_id": "inv_0"}, "invoice_id"),
            ({"customer_id": "cust_0"}, "customer_id"),
            ({"gateway": "bank"}, "gateway"),
        ],
    )
    def test_that_cannot_be_is_refused(
        self, api: APIClient, invoice: Invoice, body: dict[str, Any], field: str
    ) -> None:
        response = post(api, invoice, **body)
        assert (response.status_code, list(response.json()["details"])) == (400, [field])

    def test_is_not_for_another_customers_invoice(
        self, api: APIClient, environment: Environment, invoice: Invoice
    ) -> None:
        other = CustomerFactory(environment=environment)
        response = post(api, invoice, customer_id=other.pk)
        assert_error(response, 400, "invalid", customer_id="belongs to another customer")

    def test_is_not_for_a_draft(self, api: APIClient, environment: Environment) -> None:
        assert_error(post(api, InvoiceFactory(environment=environment)), 409, "invoice_not_open")


class TestMovingAPayment:
    def test_where_it_cannot_go_is_refused(self, api: APIClient, invoice: Invoice) -> None:
        path = f"/v1/payments/{post(api, invoice).json()['id']}"
        for response in (api.patch(path, {"status": "failed"}), api.delete(path)):
            assert_error(response, 409, "payment_transition", status="cannot become")

    def test_of_a_gateway_is_the_gateways_affair(self, api: APIClient, environment: Environment) -> None:
        payment = PaymentFactory(environment=environment, gateway="bank")
        response = api.patch(f"/v1/payments/{payment.pk}", {"status": "succeeded"})
        assert_error(response, 409, "payment_of_gateway")
        changed = api.patch(f"/v1/payments/{payment.pk}", {"metadata": {"a": "b"}}).json()
        assert changed["metadata"] == {"a": "b"}

    def test_cannot_change_what_was_paid(self, api: APIClient, invoice: Invoice) -> None:
        path = f"/v1/payments/{post(api, invoice).json()['id']}"
        assert_error(api.patch(path, {"amount": "1"}), 400, "invalid", amount="no such field")
