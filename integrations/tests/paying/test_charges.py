"""``POST /v1/payments/{provider}/charge``, whatever the provider."""

from dataclasses import replace

import pytest

from billing.models import Payment
from billing.tests.api_errors import assert_error
from integrations.errors import Retry
from integrations.models import EntityMapping, OutboundSync
from integrations.outbox import worker
from integrations.provider_api import Payments
from integrations.testing import make_connection, registered
from integrations.tests.conftest import client
from integrations.tests.factories import EnvironmentFactory, finalized_invoice
from integrations.tests.paying import till

CHARGE = "/v1/payments/till/charge"


class TestACharge:
    def test_takes_all_that_is_due_from_the_default_method(self, api, invoice, gateway):
        response = api.post(CHARGE, {"invoice_id": invoice.pk})
        assert response.status_code == 201
        body = response.json()
        assert (body["status"], body["amount"], body["gateway"]) == ("succeeded", "12.50", "till")
        [call] = gateway.calls
        assert (call.params["amount"], call.params["method"]) == ("12.50", "default")
        invoice.refresh_from_db()
        assert (invoice.payment_status, invoice.amount_remaining) == ("succeeded", 0)

    def test_is_recorded_with_who_asked_for_it(self, api, connection, invoice):
        payment = api.post(CHARGE, {"invoice_id": invoice.pk}).json()["id"]
        sync = OutboundSync.objects.get(entity_id=payment)
        assert (sync.connection, sync.state, sync.started_by) == (connection, "done", "API key tests")
        assert EntityMapping.objects.get(entity_id=payment).provider_entity_id == "chg_1"

    def test_takes_the_method_that_is_named(self, api, invoice, gateway):
        api.post(CHARGE, {"invoice_id": invoice.pk, "payment_method_id": "met_debit"})
        assert gateway.calls[0].params["method"] == "met_debit"

    def test_that_is_declined_says_why_and_leaves_the_invoice_due(self, api, invoice, gateway):
        gateway.answers["charges.create"] = till.DECLINED
        body = api.post(CHARGE, {"invoice_id": invoice.pk}).json()
        assert (body["status"], body["failure_code"]) == ("failed", "card_declined")
        assert body["failure_message"] == "Your card was declined."
        invoice.refresh_from_db()
        assert invoice.amount_remaining == invoice.amount_due

    def test_can_be_tried_again_after_a_decline(self, api, invoice, gateway):
        gateway.answers["charges.create"] = [till.DECLINED, till.PAID | {"id": "chg_2"}]
        states = [api.post(CHARGE, {"invoice_id": invoice.pk}).json()["status"] for _ in range(2)]
        assert states == ["failed", "succeeded"]

    def test_that_needs_3d_secure_says_where_the_customer_confirms(self, api, invoice, gateway):
        gateway.answers["charges.create"] = till.NEEDS_3D_SECURE
        body = api.post(CHARGE, {"invoice_id": invoice.pk}).json()
        assert (body["status"], body["checkout_url"]) == ("requires_action", "https://till.example/confirm")

    def test_without_an_answer_is_pending_until_a_worker_finds_out(self, api, invoice, gateway):
        gateway.answers["charges.create"] = Retry("Till does not answer.")
        response = api.post(CHARGE, {"invoice_id": invoice.pk})
        assert (response.status_code, response.json()["status"]) == (202, "pending")
        gateway.answers["charges.create"] = till.PAID
        sync = OutboundSync.objects.get(entity_id=response.json()["id"])
        worker.deliver(sync.pk, now=sync.next_attempt_at)
        assert Payment.objects.get().status == "succeeded"
        first, second = gateway.calls
        assert (first.key, first.params) == (second.key, second.params)

    def test_is_made_once_for_one_idempotency_key(self, api, invoice, gateway):
        responses = [
            api.post(CHARGE, {"invoice_id": invoice.pk}, headers={"Idempotency-Key": "mine"})
            for _ in range(2)
        ]
        assert responses[0].json() == responses[1].json()
        assert gateway.operations() == ["charges.create"]
        assert Payment.objects.get().idempotency_key == "api-mine"


class TestADryRun:
    def test_shows_the_call_and_keeps_nothing(self, api, connection, invoice, gateway):
        response = api.post(f"{CHARGE}?dry_run=true", {"invoice_id": invoice.pk})
        assert (response.status_code, response.json()["connection_id"]) == (200, connection.pk)
        [call] = response.json()["calls"]
        assert (call["step"], call["operation"], call["skipped"]) == ("charge", "charges.create", "")
        assert call["params"]["amount"] == "12.50" and call["differences"] == []
        assert (Payment.objects.count(), gateway.calls) == (0, [])

    def test_refuses_what_the_charge_would_refuse(self, api, connection, payment):
        response = api.post(f"{CHARGE}?dry_run=true", {"invoice_id": payment.invoice_id})
        assert_error(response, 409, "invoice_paid")


class TestWhatIsRefused:
    def test_an_invoice_that_is_paid(self, api, payment, gateway):
        assert_error(api.post(CHARGE, {"invoice_id": payment.invoice_id}), 409, "invoice_paid")
        assert gateway.calls == []

    def test_an_invoice_of_another_environment(self, api, connection):
        stranger = finalized_invoice(EnvironmentFactory())
        assert_error(api.post(CHARGE, {"invoice_id": stranger.pk}), 400, "invalid", invoice_id="no invoice")

    def test_a_draft(self, api, connection, invoice):
        type(invoice).objects.filter(pk=invoice.pk).update(status="draft")
        assert_error(api.post(CHARGE, {"invoice_id": invoice.pk}), 409, "invoice_not_open")

    def test_a_second_charge_while_the_first_is_under_way(self, api, invoice, gateway):
        gateway.answers["charges.create"] = Retry("Till does not answer.")
        api.post(CHARGE, {"invoice_id": invoice.pk})
        assert_error(
            api.post(CHARGE, {"invoice_id": invoice.pk}), 409, "payment_in_progress", payment_id="pay_"
        )
        assert Payment.objects.count() == 1

    def test_a_provider_that_charges_no_saved_methods(self, api, connection, invoice, gateway):
        registered_till = till.provider(gateway)
        with registered(replace(registered_till, payments=Payments())):
            assert_error(api.post(CHARGE, {"invoice_id": invoice.pk}), 409, "not_supported")

    def test_an_unknown_provider(self, api, invoice):
        assert_error(api.post("/v1/payments/nobody/charge", {"invoice_id": invoice.pk}), 404, "not_found")

    def test_a_key_that_may_only_read(self, connection, invoice, gateway):
        reader = client(connection.environment, scope="read")
        assert reader.post(CHARGE, {"invoice_id": invoice.pk}).status_code == 403
        assert gateway.calls == []

    @pytest.mark.parametrize("body", [{}, {"invoice_id": "inv_1", "card": "4242"}])
    def test_a_body_with_missing_or_unknown_fields(self, api, connection, body):
        assert api.post(CHARGE, body).json()["code"] == "invalid"


class TestTwoConnections:
    @pytest.fixture
    def second(self, connection):
        return make_connection(connection.environment_id, "till", name="Second till")

    def test_must_be_told_apart(self, api, invoice, second):
        error = assert_error(
            api.post(CHARGE, {"invoice_id": invoice.pk}), 409, "several_connections", connection_id=second.pk
        )
        assert f"{second.pk} (Second till)" in error["message"]

    def test_charge_through_the_one_that_is_named(self, api, connection, invoice, second):
        address = f"{CHARGE}?connection_id={connection.pk}"
        assert api.post(address, {"invoice_id": invoice.pk}).status_code == 201
        assert OutboundSync.objects.latest("created_at").connection == connection
