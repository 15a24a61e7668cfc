"""The API's entry point for charges."""

import pytest

from billing.models import Payment
from integrations.models import OutboundSync
from integrations.providers.stripe.tests.paying.steps import body

pytestmark = pytest.mark.django_db(transaction=True)


class TestCharge:
    def test_returns_the_payment(self, api, invoice, card):
        method = card()
        paid = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        assert (paid["status"], paid["amount"], paid["gateway_method_id"]) == ("succeeded", "54.00", method)
        again = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 409)
        assert again["code"] == "invoice_paid"

    def test_returns_where_the_customer_can_pay_when_the_bank_requires_it(self, api, invoice, card):
        card("pm_card_authenticationRequired")
        payment = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        assert (payment["status"], payment["checkout_url"]) == ("requires_action", invoice.hosted_invoice_url)

    def test_is_done_once_for_each_idempotency_key(self, api, pipelines, invoice, card):
        card()
        key = {"Idempotency-Key": "one"}
        request = {"invoice_id": invoice.id}
        first = body(api.post("/payments/stripe/charge", json=request, headers=key), 201)
        assert body(api.post("/payments/stripe/charge", json=request, headers=key), 201) == first
        assert len(pipelines.simulator.requests("invoices.pay")) == 1

    def test_shows_its_dry_run(self, api, invoice, card):
        card()
        plan = body(api.post("/payments/stripe/charge?dry_run=true", json={"invoice_id": invoice.id}), 200)
        assert "invoices.pay" in [call["operation"] for call in plan["calls"]]
        assert (
            Payment.objects.count() == 0 and not OutboundSync.objects.filter(entity_type="payment").exists()
        )
