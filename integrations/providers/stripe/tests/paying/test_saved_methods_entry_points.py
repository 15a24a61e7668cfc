"""The API's entry points for saved payment methods, and for the portal."""

import httpx
import pytest

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import default_methods
from integrations.providers.stripe.tests.paying.steps import body, fresh, stripe_id_of, stripe_invoice

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


def defaults(invoice):
    """The default methods that FlexSync knows of the invoice's customer."""
    return list(default_methods.known(Customer.objects.get(pk=invoice.customer_id)).values())


class TestSavedMethods:
    def test_are_listed_chosen_and_removed(self, api, pipelines, stripe_api, invoice, card):
        visa = card()
        other = card("pm_card_mastercard", default=False)
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe"
        shown = {method["id"]: method for method in body(api.get(path), 200)["items"]}
        assert (shown[visa]["brand"], shown[visa]["last4"], shown[visa]["is_default"]) == (
            "visa",
            "4242",
            True,
        )
        after = body(api.post(f"{path}/{other}/default"), 200)["items"]
        assert [method["id"] for method in after if method["is_default"]] == [other]
        assert defaults(invoice) == [other]
        left = body(api.delete(f"{path}/{other}"), 200)["items"]
        assert [(method["id"], method["is_default"]) for method in left] == [(visa, False)]
        assert defaults(invoice) == []

    def test_of_another_customer_are_left_alone(self, api, stripe_api, invoice):
        stranger = stripe_api.v1.customers.create({"name": "Stranger"}).id
        strangers_card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": stranger}).id
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/{strangers_card}"
        assert body(api.delete(path), 422)["code"] == "provider_refused"
        assert stripe_api.v1.payment_methods.retrieve(strangers_card).customer == stranger

    def test_of_a_customer_who_is_not_at_stripe_are_none(self, api, environment, connection):
        connection.customer_outbound_enabled = False
        connection.save()
        stranger = Customer.objects.create(environment=environment, name="Not there")
        assert body(api.get(f"/customers/{stranger.pk}/payment_methods/stripe"), 200) == {"items": []}
        response = api.post(
            f"/customers/{stranger.pk}/portal/stripe", json={"return_url": PAGES["success_url"]}
        )
        assert body(response, 409)["code"] == "not_synced"

    def test_are_saved_on_a_page_and_become_the_default_if_requested(
        self, api, pipelines, stripe_api, invoice
    ):
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/setup"
        page = body(api.post(path, json={**PAGES, "make_default": True, "currency": "USD"}), 201)
        pipelines.simulator.pay_checkout_session(page["session_id"])
        pipelines.settle()
        customer = stripe_api.v1.customers.retrieve(stripe_id_of(Kind.CUSTOMER, invoice.customer_id))
        (saved,) = stripe_api.v1.payment_methods.list({"customer": customer.id}).data
        assert customer.invoice_settings.default_payment_method == saved.id
        assert defaults(invoice) == [saved.id]
        paid = body(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        pipelines.settle()
        assert (paid["status"], stripe_invoice(stripe_api, invoice).status) == ("succeeded", "paid")
        assert fresh(invoice).payment_status == "succeeded" and pipelines.unsettled() == []

    def test_a_setup_page_needs_to_know_the_currency(self, api, invoice):
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/setup"
        assert "currency" in body(api.post(path, json=PAGES), 400)["details"]


def test_the_portal_is_a_page_of_stripes(api, invoice):
    path = f"/customers/{invoice.customer_id}/portal/stripe"
    page = body(api.post(path, json={"return_url": "https://shop.example/account"}), 201)["portal_url"]
    assert "/portal/" in page and httpx.get(page, trust_env=False).status_code == 200
