"""``POST /v1/payments/{provider}/checkout``, whatever the provider."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Payment
from billing.tests.api_errors import assert_error
from integrations.errors import Rejected, Retry
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.provider_api import Payments
from integrations.testing import registered
from integrations.tests.acme_server import Killed
from integrations.tests.factories import EnvironmentFactory, finalized_invoice
from integrations.tests.paying import till

CHECKOUT = "/v1/payments/till/checkout"
URLS = {"success_url": "https://shop.example/paid", "cancel_url": "https://shop.example/cart"}


def open_checkout(api, invoice, **options):
    return api.post(CHECKOUT, {"invoice_id": invoice.pk} | URLS | options)


class TestACheckout:
    def test_opens_a_page_for_all_that_is_due(self, api, invoice):
        response = open_checkout(api, invoice)
        assert response.status_code == 201
        body = response.json()
        assert body["checkout_url"] == f"https://till.example/pay/{body['session_id']}"
        payment = Payment.objects.get()
        assert (payment.pk, payment.amount, payment.status) == (
            body["payment_id"],
            invoice.amount_due,
            "pending",
        )
        assert OutboundSync.objects.get(entity_id=payment.pk).state == "done"

    def test_returns_the_page_that_is_open_with_the_same_options(self, api, invoice, gateway):
        first, second = (open_checkout(api, invoice).json() for _ in range(2))
        assert first == second
        assert gateway.operations() == ["sessions.create"]

    def test_opens_another_page_for_other_options(self, api, invoice, gateway):
        first = open_checkout(api, invoice).json()
        second = open_checkout(api, invoice, save_as_default=True).json()
        assert first["session_id"] != second["session_id"]
        assert Payment.objects.get(pk=second["payment_id"]).checkout_options["save_as_default"]

    def test_opens_another_page_when_the_first_has_expired(self, api, invoice):
        first = open_checkout(api, invoice).json()
        Payment.objects.update(checkout_expires_at=timezone.now())
        assert open_checkout(api, invoice).json()["payment_id"] != first["payment_id"]

    def test_lasts_a_day_unless_given(self, api, invoice):
        before = timezone.now()
        open_checkout(api, invoice)
        lasts = Payment.objects.get().checkout_expires_at - before
        assert timedelta(hours=23, minutes=58) < lasts < timedelta(days=1)

    @pytest.mark.parametrize("seconds", [29 * 60, 25 * 3600])
    def test_lasts_from_half_an_hour_to_a_day(self, api, invoice, seconds):
        assert_error(open_checkout(api, invoice, expires_in=seconds), 400, "invalid", expires_in="")


class TestADryRun:
    def test_shows_the_call_and_keeps_nothing(self, api, connection, invoice, gateway):
        response = api.post(f"{CHECKOUT}?dry_run=true", {"invoice_id": invoice.pk} | URLS)
        assert (response.status_code, response.json()["connection_id"]) == (200, connection.pk)
        [call] = response.json()["calls"]
        assert (call["operation"], call["params"]["success_url"]) == ("sessions.create", URLS["success_url"])
        assert (Payment.objects.count(), gateway.calls) == (0, [])

    def test_shows_no_call_while_the_page_is_open(self, api, invoice):
        open_checkout(api, invoice)
        response = api.post(f"{CHECKOUT}?dry_run=true", {"invoice_id": invoice.pk} | URLS)
        assert response.json()["calls"] == []


class TestAFailure:
    @pytest.mark.parametrize(
        ("failure", "status", "code"),
        [
            (Rejected("No such currency."), 422, "provider_refused"),
            (Retry("Down."), 503, "provider_unavailable"),
        ],
    )
    def test_cancels_the_payment_and_tells_the_caller(self, api, invoice, gateway, failure, status, code):
        gateway.answers["sessions.create"] = failure
        error = assert_error(open_checkout(api, invoice), status, code)
        assert str(failure) in error["message"]
        assert Payment.objects.get().status == "cancelled"
        assert OutboundSync.objects.get(action="checkout").state in ("blocked", "dead")

    def test_of_the_process_is_cleaned_up_by_a_worker(self, api, invoice, gateway):
        def die(_params):
            raise Killed

        gateway.answers["sessions.create"] = die
        with pytest.raises(Killed):
            open_checkout(api, invoice)
        sync = OutboundSync.objects.get(action="checkout")
        assert (sync.state, Payment.objects.get().status) == ("sending", "pending")
        worker.deliver(sync.pk, now=timezone.now() + timedelta(hours=1))
        sync.refresh_from_db()
        assert "Open a new checkout." in sync.last_error
        assert Payment.objects.get().status == "cancelled"
        del gateway.answers["sessions.create"]
        assert open_checkout(api, invoice).status_code == 201


class TestWhatIsRefused:
    def test_an_invoice_that_is_paid(self, api, payment):
        response = api.post(CHECKOUT, {"invoice_id": payment.invoice_id} | URLS)
        assert_error(response, 409, "invoice_paid")

    def test_an_invoice_of_another_environment(self, api, connection):
        assert_error(
            open_checkout(api, finalized_invoice(EnvironmentFactory())),
            400,
            "invalid",
            invoice_id="no invoice",
        )

    def test_a_second_checkout_while_the_first_is_being_opened(self, api, invoice, gateway):
        responses = []

        def meanwhile(_params):
            responses.append(open_checkout(api, invoice, save_as_default=True))
            return {"id": "ses_1"}

        gateway.answers["sessions.create"] = meanwhile
        assert open_checkout(api, invoice).status_code == 201
        assert_error(responses[0], 409, "checkout_in_progress")

    def test_a_checkout_while_a_charge_is_under_way(self, api, invoice, gateway):
        gateway.answers["charges.create"] = Retry("Till does not answer.")
        api.post("/v1/payments/till/charge", {"invoice_id": invoice.pk})
        assert_error(open_checkout(api, invoice), 409, "payment_in_progress", payment_id="pay_")

    def test_a_provider_without_a_checkout(self, api, connection, invoice, gateway):
        with registered(replace(till.provider(gateway), payments=Payments())):
            assert_error(open_checkout(api, invoice), 409, "not_supported")
        assert not Payment.objects.exists()
