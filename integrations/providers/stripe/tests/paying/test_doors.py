"""The API's doors for money: what a program sends, and what it is answered."""

import httpx
import pytest

from billing.events import Kind
from billing.services import default_methods
from billing.models import Customer, IdempotentRequest, Payment, Refund
from billing.services import environments
from integrations.models import OutboundSync
from integrations.providers.stripe.tests.paying.steps import fresh, their_invoice, twin

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


@pytest.fixture
def api(live_server, environment, roads):
    """The API of the connection's environment."""
    _, key = environments.create_api_key(environment=environment, name="shop", scope="write")
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=f"{live_server.url}/v1", headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


def said(answer, status):
    assert answer.status_code == status, answer.text
    return answer.json()


class TestCheckout:
    def test_answers_the_same_page_for_the_same_wish(self, api, invoice):
        wish = {"invoice_id": invoice.id, **PAGES, "save_as_default": True, "expires_in": 3600}
        first = said(api.post("/payments/stripe/checkout", json=wish), 201)
        assert first["expires_at"] and first["checkout_url"].startswith("http")
        assert said(api.post("/payments/stripe/checkout", json=wish), 201) == first

    def test_refuses_an_expiry_that_stripe_would_refuse(self, api, invoice):
        wish = {"invoice_id": invoice.id, **PAGES, "expires_in": 60}
        assert "expires_in" in said(api.post("/payments/stripe/checkout", json=wish), 400)["details"]

    def test_shows_its_plan(self, api, roads, invoice):
        before = roads.simulator.requests()
        wish = {"invoice_id": invoice.id, **PAGES}
        plan = said(api.post("/payments/stripe/checkout?dry_run=true", json=wish), 200)
        assert [call["operation"] for call in plan["calls"]] == [
            "invoices.update",
            "checkout.sessions.create",
        ]
        assert roads.simulator.requests() == before and Payment.objects.count() == 0


class TestCharge:
    def test_answers_the_payment(self, api, invoice, card):
        method = card()
        paid = said(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        assert (paid["status"], paid["amount"], paid["gateway_method_id"]) == ("succeeded", "54.00", method)
        again = said(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 409)
        assert again["code"] == "invoice_paid"

    def test_answers_where_the_customer_can_pay_when_the_bank_asks_for_them(self, api, invoice, card):
        card("pm_card_authenticationRequired")
        asked = said(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        assert (asked["status"], asked["checkout_url"]) == ("requires_action", invoice.hosted_invoice_url)

    def test_is_done_once_for_each_idempotency_key(self, api, roads, invoice, card):
        card()
        key = {"Idempotency-Key": "one"}
        body = {"invoice_id": invoice.id}
        first = said(api.post("/payments/stripe/charge", json=body, headers=key), 201)
        assert said(api.post("/payments/stripe/charge", json=body, headers=key), 201) == first
        assert len(roads.simulator.requests("payment_intents.create")) == 1

    def test_shows_its_plan(self, api, invoice, card):
        card()
        plan = said(api.post("/payments/stripe/charge?dry_run=true", json={"invoice_id": invoice.id}), 200)
        assert "payment_intents.create" in [call["operation"] for call in plan["calls"]]
        assert (
            Payment.objects.count() == 0 and not OutboundSync.objects.filter(entity_type="payment").exists()
        )


class TestRefund:
    @pytest.fixture
    def payment(self, api, invoice, card):
        card()
        paid = said(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        return Payment.objects.get(pk=paid["id"])

    def test_answers_the_refund_which_then_shows_with_its_payment(self, api, payment):
        body = {"amount": "14.00", "reason": "duplicate", "note": "Sent twice"}
        back = said(api.post(f"/payments/{payment.pk}/refund", json=body), 201)
        assert (back["status"], back["amount"], back["started_by"]) == ("succeeded", "14.00", "API key shop")
        shown = said(api.get(f"/payments/{payment.pk}"), 200)
        assert shown["amount_refunded"] == "14.00" and shown["refunds"] == [back]

    def test_of_more_than_is_left_is_refused(self, api, payment):
        answer = said(api.post(f"/payments/{payment.pk}/refund", json={"amount": "54.01"}), 409)
        assert answer["code"] == "refund_too_much" and "54.00 USD" in answer["details"]["amount"]

    def test_is_done_once_for_each_key_even_when_the_answer_was_lost_with_its_process(self, api, payment):
        key = {"Idempotency-Key": "one"}
        body = {"amount": "10.00"}
        first = said(api.post(f"/payments/{payment.pk}/refund", json=body, headers=key), 201)
        IdempotentRequest.objects.all().delete()
        assert said(api.post(f"/payments/{payment.pk}/refund", json=body, headers=key), 201) == first
        assert Refund.objects.count() == 1

    def test_shows_its_plan(self, api, payment):
        plan = said(api.post(f"/payments/{payment.pk}/refund?dry_run=true", json={"amount": "5"}), 200)
        calls = [call for call in plan["calls"] if call["operation"]]
        assert [(call["operation"], call["params"]["amount"]) for call in calls] == [("refunds.create", 500)]

    def test_of_an_unknown_payment_is_not_found(self, api):
        assert said(api.post("/payments/pay_nobody/refund", json={}), 404)["code"] == "not_found"


class TestSavedMethods:
    def test_are_listed_chosen_and_removed(self, api, roads, theirs, invoice, card):
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
        assert list(default_methods.known(Customer.objects.get(pk=invoice.customer_id)).values()) == [other]
        left = said(api.delete(f"{path}/{other}"), 200)["items"]
        assert [(one["id"], one["is_default"]) for one in left] == [(visa, False)]
        assert list(default_methods.known(Customer.objects.get(pk=invoice.customer_id)).values()) == []

    def test_of_somebody_else_are_left_alone(self, api, theirs, invoice):
        stranger = theirs.v1.customers.create({"name": "Stranger"}).id
        theirs_own = theirs.v1.payment_methods.attach("pm_card_visa", {"customer": stranger}).id
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/{theirs_own}"
        assert said(api.delete(path), 422)["code"] == "provider_refused"
        assert theirs.v1.payment_methods.retrieve(theirs_own).customer == stranger

    def test_of_a_customer_who_is_not_at_stripe_are_none(self, api, environment, connection):
        connection.customer_outbound_enabled = False
        connection.save()
        stranger = Customer.objects.create(environment=environment, name="Not there")
        assert said(api.get(f"/customers/{stranger.pk}/payment_methods/stripe"), 200) == {"items": []}
        answer = api.post(
            f"/customers/{stranger.pk}/portal/stripe", json={"return_url": PAGES["success_url"]}
        )
        assert said(answer, 409)["code"] == "not_synced"

    def test_are_saved_on_a_page_and_become_the_default_when_asked(self, api, roads, theirs, invoice):
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/setup"
        page = said(api.post(path, json={**PAGES, "make_default": True, "currency": "USD"}), 201)
        roads.simulator.pay_checkout_session(page["session_id"])
        roads.settle()
        whose = theirs.v1.customers.retrieve(twin(Kind.CUSTOMER, invoice.customer_id))
        (saved,) = theirs.v1.payment_methods.list({"customer": whose.id}).data
        assert whose.invoice_settings.default_payment_method == saved.id
        assert list(default_methods.known(Customer.objects.get(pk=invoice.customer_id)).values()) == [saved.id]
        paid = said(api.post("/payments/stripe/charge", json={"invoice_id": invoice.id}), 201)
        roads.settle()
        assert (paid["status"], their_invoice(theirs, invoice).status) == ("succeeded", "paid")
        assert fresh(invoice).payment_status == "succeeded" and roads.unsettled() == []

    def test_a_setup_page_needs_to_know_the_currency(self, api, invoice):
        path = f"/customers/{invoice.customer_id}/payment_methods/stripe/setup"
        assert "currency" in said(api.post(path, json=PAGES), 400)["details"]


def test_the_portal_is_a_page_of_stripes(api, invoice):
    path = f"/customers/{invoice.customer_id}/portal/stripe"
    page = said(api.post(path, json={"return_url": "https://shop.example/account"}), 201)["portal_url"]
    assert "/portal/" in page and httpx.get(page, trust_env=False).status_code == 200
