"""``POST /v1/payments/{id}/refund``, whatever the provider."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.facts import PaymentFacts
from billing.models import Refund
from billing.services.payments import payments
from billing.tests.api_errors import assert_error
from integrations.errors import Retry
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.provider_api import Payments
from integrations.testing import make_connection, registered
from integrations.tests.conftest import client
from integrations.tests.factories import EnvironmentFactory
from integrations.tests.paying import till


def refund(api, payment, **body):
    return api.post(f"/v1/payments/{payment.pk}/refund", body)


class TestARefund:
    def test_gives_all_back_unless_an_amount_is_named(self, api, payment, gateway):
        response = refund(api, payment)
        assert (response.status_code, response.json()["status"]) == (201, "succeeded")
        assert response.json()["amount"] == "12.50"
        assert gateway.calls[0].params == {"payment": "chg_1", "amount": "12.50"}
        payment.refresh_from_db()
        assert payment.status == "refunded"

    def test_gives_a_part_back_and_later_the_rest(self, api, payment, gateway):
        gateway.answers["refunds.create"] = [till.REFUNDED, till.REFUNDED | {"id": "ref_2"}]
        assert refund(api, payment, amount="2.50", reason="duplicate").json()["amount"] == "2.50"
        payment.refresh_from_db()
        assert (payment.status, payment.amount_refunded) == ("partially_refunded", Decimal("2.50"))
        assert refund(api, payment).json()["amount"] == "10.00"

    def test_is_recorded_with_reason_note_and_who_asked_for_it(self, api, payment):
        refund(api, payment, reason="duplicate", note="Sent twice")
        made = Refund.objects.get()
        assert (made.reason, made.note, made.started_by) == ("duplicate", "Sent twice", "API key tests")

    def test_that_the_gateway_refuses_has_failed_and_says_why(self, api, payment, gateway):
        gateway.answers["refunds.create"] = {"id": "ref_1", "status": "failed", "reason": "Too old."}
        body = refund(api, payment).json()
        assert (body["status"], body["failure_reason"]) == ("failed", "Too old.")
        payment.refresh_from_db()
        assert (payment.status, payment.amount_refunded) == ("succeeded", 0)

    def test_without_an_answer_is_pending_until_a_worker_finds_out(self, api, payment, gateway):
        gateway.answers["refunds.create"] = Retry("Till does not answer.")
        response = refund(api, payment, amount="2.50")
        assert (response.status_code, response.json()["status"]) == (202, "pending")
        gateway.answers["refunds.create"] = till.REFUNDED
        sync = OutboundSync.objects.latest("created_at")
        worker.deliver(sync.pk, now=sync.next_attempt_at)
        assert Refund.objects.get().status == "succeeded"
        assert gateway.calls[0].key == gateway.calls[1].key

    def test_is_made_once_for_one_idempotency_key(self, api, payment, gateway):
        for _ in range(2):
            body = {"amount": "2.50"}
            address = f"/v1/payments/{payment.pk}/refund"
            assert api.post(address, body, headers={"Idempotency-Key": "mine"}).status_code == 201
        assert gateway.operations() == ["refunds.create"]

    def test_goes_through_the_connection_that_the_money_came_through(self, api, connection, payment):
        make_connection(connection.environment_id, "till", name="Second till")
        assert refund(api, payment).status_code == 201
        assert OutboundSync.objects.latest("created_at").connection == connection


class TestADryRun:
    def test_shows_the_call_and_keeps_nothing(self, api, connection, payment, gateway):
        response = api.post(f"/v1/payments/{payment.pk}/refund?dry_run=true", {"amount": "2.50"})
        assert (response.status_code, response.json()["connection_id"]) == (200, connection.pk)
        [call] = response.json()["calls"]
        assert (call["operation"], call["params"]["amount"]) == ("refunds.create", "2.50")
        assert (Refund.objects.count(), gateway.calls) == (0, [])


class TestWhatIsRefused:
    def test_more_than_is_left(self, api, payment, gateway):
        refund(api, payment, amount="10.00")
        assert_error(refund(api, payment, amount="2.51"), 409, "refund_too_much", amount="at most 2.50 USD")
        assert gateway.operations() == ["refunds.create"]

    def test_a_payment_of_another_environment(self, payment):
        assert_error(refund(client(EnvironmentFactory()), payment), 404, "not_found")

    def test_a_payment_that_never_came(self, api, invoice, gateway):
        gateway.answers["charges.create"] = till.DECLINED
        declined = api.post("/v1/payments/till/charge", {"invoice_id": invoice.pk}).json()["id"]
        assert_error(api.post(f"/v1/payments/{declined}/refund", {}), 409, "payment_not_received")

    def test_a_refund_outside_the_gateway_that_holds_the_money(self, api, payment):
        assert_error(refund(api, payment, out_of_band=True), 409, "payment_of_gateway")

    def test_a_provider_that_gives_no_refunds(self, api, payment, gateway):
        with registered(replace(till.provider(gateway), payments=Payments())):
            assert_error(refund(api, payment), 409, "not_supported")
        assert not Refund.objects.exists()

    def test_a_connection_parameter(self, api, connection, payment):
        response = api.post(f"/v1/payments/{payment.pk}/refund?connection_id={connection.pk}", {})
        assert_error(response, 400, "invalid", connection_id="There is no such parameter.")


class TestABankTransfer:
    @pytest.fixture
    def transfer(self, invoice):
        facts = PaymentFacts(
            customer_id=invoice.customer_id,
            invoice_id=invoice.pk,
            amount=invoice.amount_remaining,
            currency=invoice.currency,
            method="bank_transfer",
            status="succeeded",
        )
        return payments.create(environment_id=invoice.environment_id, facts=facts, now=timezone.now())

    def test_is_recorded_as_refunded_without_a_call(self, api, transfer, gateway):
        assert refund(api, transfer, out_of_band=True).json()["status"] == "succeeded"
        assert gateway.calls == []

    def test_is_not_refunded_by_a_gateway(self, api, transfer):
        assert_error(refund(api, transfer), 409, "payment_not_at_gateway")

    def test_has_a_dry_run_without_calls_and_connection(self, api, transfer):
        response = api.post(f"/v1/payments/{transfer.pk}/refund?dry_run=true", {"out_of_band": True})
        assert response.json() == {"dry_run": True, "connection_id": None, "calls": []}
