"""The API's doors for saved payment methods, and the portal."""

import httpx
import pytest

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import default_methods
from integrations.providers.stripe.tests.paying.steps import fresh, said, their_invoice, twin

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


def defaults(invoice):
    """The default methods that are known here of who owes the invoice."""
    return list(default_methods.known(Customer.objects.get(pk=invoice.customer_id)).values())


class TestSavedMethods:
    def test_are_listed_chosen_and_removed(self, api, pipelines, stripe_api, invoice, card):
        visa = card()
        other = card("pm_card_mastercard", default=False)
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe"
        shown = {one["id"]: one for one in said(api.get(path), 200)["items"]}
        assert (shown[visa]["brand"], shown[visa]["last4"], shown[visa]["is_default"]) == (
            "visa",
            "4242",
            True,
        )
        after = said(api.post(f"{path}/{other}/default"), 200)["items"]
        assert [one["id"] for one in after if one["is_default"]] == [other]
        assert defaults(invoice) == [other]
        left = said(api.delete(f"{path}/{other}"), 200)["items"]
        assert [(one["id"], one["is_default"]) for one in left] == [(visa, False)]
        assert defaults(invoice) == []

    def test_of_somebody_else_are_left_alone(self, api, stripe_api, invoice):
        stranger = stripe_api.v1.customers.create({"name": "Stranger"}).id
        theirs_own = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": stranger}).id
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/{theirs_own}"
        assert said(api.delete(path), 422)["code"] == "provider_refused"
        assert stripe_api.v1.payment_methods.retrieve(theirs_own).customer == stranger

    def test_of_a_customer_who_is_not_at_stripe_are_none(self, api, environment, connection):
        connection.customer_outbound_enabled = False
        connection.save()
        stranger = Customer.objects.create(environment=environment, name="Not there")
        assert said(api.get(f"/customers/{stranger.pk}/payment_methods/stripe"), 200) == {"items": []}
        answer = api.post(
            f"/customers/{stranger.pk}/portal/stripe", json={"return_url": PAGES["success_url"]}
        )
        assert said(answer, 409)["code"] == "not_synced"

    def test_are_saved_on_a_page_and_become_the_default_when_asked(self, api, pipelines, stripe_api, invoice):
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/setup"
        page = said(api.post(path, json={**PAGES, "make_default": True, "currency": "USD"}), 201)
        pipelines.simulator.pay_checkout_session(page["session_id"])
        pipelines.settle()
        whose = stripe_api.v1.customers.retrieve(twin(Kind.CUSTOMER, invoice.customer_id))
        (saved,) = stripe_api.v1.payment_methods.list({"customer": whose.id}).data
        assert whose.invoice_settings.default_payment_method == saved.id
        assert defaults(invoice) == [saved.id]
        paid = said(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        pipelines.settle()
        assert (paid["status"], their_invoice(stripe_api, invoice).status) == ("succeeded", "paid")
        assert fresh(invoice).payment_status == "succeeded" and pipelines.unsettled() == []

    def test_a_setup_page_needs_to_know_the_currency(self, api, invoice):
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/setup"
        assert "currency" in said(api.post(path, json=PAGES), 400)["details"]


def test_the_portal_is_a_page_of_stripes(api, invoice):
    path = f"/customers/{invoice.customer_id}/portal/stripe"
    page = said(api.post(path, json={"return_url": "https://shop.example/account"}), 201)["portal_url"]
    assert "/portal/" in page and httpx.get(page, trust_env=False).status_code == 200
