"""The API's door for checkout: what a program sends, and what it is answered."""

import pytest

from billing.models import Payment
from integrations.providers.stripe.tests.paying.steps import said

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


class TestCheckout:
    def test_answers_the_same_page_for_the_same_wish(self, api, invoice):
        wish = {"invoice_id": invoice.id, **PAGES, "save_as_default": True, "expires_in": 3600}
        first = said(api.post("/payments/stripe/checkout", json=wish), 201)
        assert first["expires_at"] and first["checkout_url"].startswith("http")
        assert said(api.post("/payments/stripe/checkout", json=wish), 201) == first

    def test_refuses_an_expiry_that_stripe_would_refuse(self, api, invoice):
        wish = {"invoice_id": invoice.id, **PAGES, "expires_in": 60}
        assert "expires_in" in said(api.post("/payments/stripe/checkout", json=wish), 400)["details"]

    def test_shows_its_plan(self, api, pipelines, invoice):
        before = pipelines.simulator.requests()
        wish = {"invoice_id": invoice.id, **PAGES}
        plan = said(api.post("/payments/stripe/checkout?dry_run=true", json=wish), 200)
        assert [call["operation"] for call in plan["calls"]] == [
            "invoices.update",
            "checkout.sessions.create",
        ]
        assert pipelines.simulator.requests() == before and Payment.objects.count() == 0
