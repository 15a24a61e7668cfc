"""The API's entry point for refunds."""

import pytest

from billing.models import IdempotentRequest, Payment, Refund
from integrations.providers.stripe.tests.paying.steps import body

pytestmark = pytest.mark.django_db(transaction=True)


class TestRefund:
    @pytest.fixture
    def payment(self, api, invoice, card):
        card()
        paid = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        return Payment.objects.get(pk=paid["id"])

    def test_returns_the_refund_which_then_shows_with_its_payment(self, api, payment):
        request = {"amount": "14.00", "reason": "duplicate", "note": "Sent twice"}
        refund = body(api.post(f"/payments/{payment.pk}/refund", json=request), 201)
        assert (refund["status"], refund["amount"], refund["started_by"]) == (
            "succeeded",
            "14.00",
            "API key shop",
        )
        shown = body(api.get(f"/payments/{payment.pk}"), 200)
        assert shown["amount_refunded"] == "14.00" and shown["refunds"] == [refund]

    def test_of_more_than_is_left_is_refused(self, api, payment):
        error = body(api.post(f"/payments/{payment.pk}/refund", json={"amount": "54.01"}), 409)
        assert error["code"] == "refund_too_much" and "54.00 USD" in error["details"]["amount"]

    def test_of_an_amount_between_stripes_steps_is_refused_before_anything_is_asked(self, api, payment):
        Payment.objects.update(currency="KWD", invoice=None)
        for query in ("", "?dry_run=true"):
            error = body(api.post(f"/payments/{payment.pk}/refund{query}", json={"amount": "3.005"}), 400)
            assert "Send 3.000 or 3.010." in error["details"]["amount"] and not Refund.objects.exists()

    def test_is_done_once_for_each_key_even_when_the_response_was_lost_with_its_process(self, api, payment):
        key = {"Idempotency-Key": "one"}
        request = {"amount": "10.00"}
        first = body(api.post(f"/payments/{payment.pk}/refund", json=request, headers=key), 201)
        IdempotentRequest.objects.all().delete()
        assert body(api.post(f"/payments/{payment.pk}/refund", json=request, headers=key), 201) == first
        assert Refund.objects.count() == 1

    def test_shows_its_dry_run(self, api, payment):
        plan = body(api.post(f"/payments/{payment.pk}/refund?dry_run=true", json={"amount": "5"}), 200)
        calls = [call for call in plan["calls"] if call["operation"]]
        assert [(call["operation"], call["params"]["amount"]) for call in calls] == [("refunds.create", 500)]

    def test_of_an_unknown_payment_is_not_found(self, api):
        assert body(api.post("/payments/pay_nobody/refund", json={}), 404)["code"] == "not_found"
