"""Pushing one entity by name, and opening a checkout, over the API."""

import threading
from datetime import timedelta

import pytest
from django.db import connections as databases
from django.utils import timezone

from billing.events import Kind
from billing.models import Payment
from billing.tests.api_errors import assert_error
from integrations.errors import Rejected, Retry
from integrations.models import OutboundSync
from integrations.outbox import worker as outbox_worker
from integrations.testing import make_connection, push
from integrations.tests.acme_server import Killed
from integrations.tests.conftest import client
from integrations.tests.factories import CustomerFactory, EnvironmentFactory, finalized_invoice


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


class TestSync:
    def test_is_accepted_though_the_switch_is_off(self, api, connection, customer):
        connection.customer_outbound_enabled = False
        connection.save()
        response = api.post(f"/v1/customers/{customer.id}/sync/acme")
        assert response.status_code == 202
        sync = OutboundSync.objects.get()
        assert response.json()["id"] == sync.id
        assert (response.json()["state"], response.json()["started_by"]) == ("pending", "API key tests")

    def test_hurries_an_earlier_sync_that_waits_for_its_next_attempt(self, api, connection, customer, server):
        server.faults = {1: {"before": Retry("down")}}
        earlier = push(connection, Kind.CUSTOMER, customer.id)
        assert earlier.next_attempt_at > timezone.now()
        api.post(f"/v1/customers/{customer.id}/sync/acme")
        earlier.refresh_from_db()
        assert (earlier.state, earlier.next_attempt_at <= timezone.now()) == ("sending", True)

    def test_shows_the_calls_and_changes_nothing(self, api, customer, server):
        response = api.post(f"/v1/customers/{customer.id}/sync/acme?dry_run=true")
        assert (response.status_code, response.json()["dry_run"]) == (200, True)
        assert [call["operation"] for call in response.json()["calls"]] == [
            "people.create",
            "tags.create",
            "letters.create",
        ]
        assert (OutboundSync.objects.count(), server.operations()) == (0, [])

    def test_waits_no_longer_than_requested(self, api, customer):
        response = api.post(f"/v1/customers/{customer.id}/sync/acme?wait=0.3")
        assert (response.status_code, response.json()["state"]) == (202, "pending")

    @pytest.mark.django_db(transaction=True)
    def test_returns_200_when_it_is_done_in_time(self, api, customer):
        def work():
            try:
                while not OutboundSync.objects.exists():
                    pass
                outbox_worker.deliver(OutboundSync.objects.get().id, now=timezone.now())
            finally:
                databases.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        response = api.post(f"/v1/customers/{customer.id}/sync/acme?wait=10")
        worker.join()
        assert (response.status_code, response.json()["state"], len(response.json()["calls"])) == (
            200,
            "done",
            3,
        )

    @pytest.mark.parametrize(
        ("query", "field"),
        [("wait=31", "wait"), ("wait=x", "wait"), ("dry_run=maybe", "dry_run"), ("a=b", "a")],
    )
    def test_refuses_a_wrong_query(self, api, customer, query, field):
        response = api.post(f"/v1/customers/{customer.id}/sync/acme?{query}")
        assert (response.status_code, list(response.json()["details"])) == (400, [field])
        assert not OutboundSync.objects.exists()

    def test_refuses_what_it_cannot_send(self, api, customer, environment):
        stranger = CustomerFactory(environment=EnvironmentFactory())
        invoice = finalized_invoice(environment)
        OutboundSync.objects.all().delete()
        sync = "/v1/{}/sync/{}"
        assert_error(api.post(sync.format(f"customers/{stranger.id}", "acme")), 404, "not_found")
        assert_error(api.post(sync.format(f"customers/{customer.id}", "nobody")), 404, "not_found")
        assert_error(api.post(sync.format(f"customers/{customer.id}", "stripe")), 404, "not_found")
        assert_error(api.post(sync.format(f"invoices/{invoice.id}", "acme")), 409, "not_supported")
        body = api.post(sync.format(f"customers/{customer.id}", "acme"), {"force": True})
        assert_error(body, 400, "invalid", force="no such field")
        assert not OutboundSync.objects.exists()

    def test_asks_which_of_several_connections(self, api, connection, customer):
        other = make_connection(connection.environment_id, "acme", name="Second")
        url = f"/v1/customers/{customer.id}/sync/acme"
        assert_error(api.post(url), 409, "several_connections", connection_id=f"{other.id} (Second)")
        response = api.post(f"{url}?connection_id={other.id}")
        assert (response.status_code, response.json()["connection_id"]) == (202, other.id)
        assert_error(api.post(f"{url}?connection_id=conn_x"), 404, "not_found")

    def test_needs_a_key_that_may_write(self, environment, customer):
        reader = client(environment, "read")
        assert_error(reader.post(f"/v1/customers/{customer.id}/sync/acme"), 403, "permission_denied")


class TestCheckout:
    URL = "/v1/payments/acme/checkout"

    @pytest.fixture
    def body(self, connection, environment):
        invoice = finalized_invoice(environment)
        OutboundSync.objects.all().delete()
        urls = {"success_url": "https://example.com/yes", "cancel_url": "https://example.com/no"}
        return {"invoice_id": invoice.id} | urls

    def test_opens_a_page_for_what_is_due(self, api, body):
        response = api.post(self.URL, body)
        payment = Payment.objects.get()
        assert response.status_code == 201
        opened = response.json()
        assert opened.pop("expires_at") == payment.checkout_expires_at.isoformat().replace("+00:00", "Z")
        assert opened == {
            "checkout_url": "https://acme.example/pay/ses_1",
            "session_id": "ses_1",
            "payment_id": payment.id,
        }
        assert (payment.status, payment.gateway, str(payment.amount)) == ("pending", "acme", "12.500")
        sync = OutboundSync.objects.get()
        assert (sync.entity_type, sync.action, sync.state) == ("payment", "checkout", "done")
        assert sync.calls.get().params["success_url"] == "https://example.com/yes"

    def test_opens_one_page_under_one_idempotency_key(self, api, body, server):
        headers = {"Idempotency-Key": "pay"}
        first, second = (api.post(self.URL, body, headers=headers) for _ in range(2))
        assert first.json() == second.json()
        assert (Payment.objects.count(), server.operations()) == (1, ["sessions.create"])

    @pytest.mark.parametrize(
        ("fault", "status", "code"),
        [(Retry("timeout"), 503, "provider_unavailable"), (Rejected("no"), 422, "provider_refused")],
    )
    def test_is_cancelled_when_the_provider_fails(self, api, body, server, fault, status, code):
        server.faults = {1: {"before": fault}}
        assert_error(api.post(self.URL, body), status, code)
        assert Payment.objects.get().status == "cancelled"
        sync = OutboundSync.objects.get()
        assert (sync.state, sync.last_error) == ("dead", str(fault))
        assert_error(api.post(f"/v1/syncs/{sync.id}/retry"), 409, "sync_settled")

    def test_is_closed_by_a_worker_when_its_process_died(self, api, body, server):
        server.faults = {1: {"after": Killed()}}
        with pytest.raises(Killed):
            api.post(self.URL, body)
        sync = OutboundSync.objects.get()
        outbox_worker.deliver(sync.id, now=timezone.now() + timedelta(minutes=2))
        sync.refresh_from_db()
        assert (sync.state, Payment.objects.get().status) == ("dead", "cancelled")
        assert server.operations() == ["sessions.create"]

    def test_is_refused_while_another_of_the_invoice_is_being_opened(self, api, body, server):
        server.faults = {1: {"after": Killed()}}
        with pytest.raises(Killed):
            api.post(self.URL, body)
        assert_error(api.post(self.URL, body), 409, "checkout_in_progress")
        assert (Payment.objects.count(), server.operations()) == (1, ["sessions.create"])

    def test_refuses_an_invoice_that_is_not_due(self, api, body, environment):
        stranger = finalized_invoice(EnvironmentFactory())
        assert_error(
            api.post(self.URL, body | {"invoice_id": stranger.id}), 400, "invalid", invoice_id="no invoice"
        )
        free = finalized_invoice(environment, "0")
        assert_error(api.post(self.URL, body | {"invoice_id": free.id}), 409, "invoice_paid")
        stranger.__class__.objects.filter(pk=body["invoice_id"]).update(status="voided")
        assert_error(api.post(self.URL, body), 409, "invoice_not_open")
        assert not Payment.objects.exists()

    @pytest.mark.parametrize(
        ("change", "field"),
        [({"success_url": "javascript:alert(1)"}, "success_url"), ({"amount": "1"}, "amount")],
    )
    def test_refuses_by_name(self, api, body, change, field):
        response = api.post(self.URL, body | change)
        assert (response.status_code, list(response.json()["details"])) == (400, [field])
        assert not Payment.objects.exists()
