"""The API's entry point for checkout."""

import pytest

from billing.models import Payment
from integrations.providers.stripe.tests.paying.steps import body

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


class TestCheckout:
    def test_returns_the_same_page_for_the_same_options(self, api, invoice):
        request = {"invoice_id": invoice.id, **PAGES, "save_as_default": True, "expires_in": 3600}
        first = body(api.post("/payments/stripe/checkout", json=request), 201)
        assert first["expires_at"] and first["checkout_url"].startswith("http")
        assert body(api.post("/payments/stripe/checkout", json=request), 201) == first

    def test_refuses_an_expiry_that_stripe_would_refuse(self, api, invoice):
        request = {"invoice_id": invoice.id, **PAGES, "expires_in": 60}
        assert "expires_in" in body(api.post("/payments/stripe/checkout", json=request), 400)["details"]

    def test_shows_its_dry_run(self, api, pipelines, invoice):
        before = pipelines.simulator.requests()
        request = {"invoice_id": invoice.id, **PAGES}
        plan = body(api.post("/payments/stripe/checkout?dry_run=true", json=request), 200)
        assert [call["operation"] for call in plan["calls"]] == [
            "invoices.update",
            "checkout.sessions.create",
        ]
        assert pipelines.simulator.requests() == before and Payment.objects.count() == 0
