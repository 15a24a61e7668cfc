"""Requests that wait for Stripe: bounded in number and in time, and told what goes on by itself."""

import time
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from billing.events import Kind
from billing.models import Payment
from billing.tests.admin.pages import messages_of, press
from integrations.gateway import slots
from integrations.gateway.guarded import GuardedGateway
from integrations.models import Connection, OutboundSync
from integrations.models.outbound import Priority
from integrations.providers.stripe import client
from integrations.providers.stripe.tests.paying.steps import body, finish

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = {"success_url": "https://shop.example/thanks", "cancel_url": "https://shop.example/cart"}


@pytest.fixture
def shop(api, invoice, settings):
    """The API, where one request of the process may wait."""
    settings.PROVIDER_REQUESTS = 1
    return api


@contextmanager
def another_waits():
    """Another request of this process has the slot during the block."""
    has, may_end = Event(), Event()

    def wait():
        with slots.request(), slots.slot():
            has.set()
            may_end.wait(60)

    other = Thread(target=wait)
    other.start()
    assert has.wait(10)
    yield
    may_end.set()
    other.join(10)


def methods_of(invoice):
    return f"/customers/{invoice.customer_id}/payment_methods/stripe"


class TestOneMoreThanMayWait:
    def test_is_sent_away_before_anything_is_written(self, shop, simulator, connection, invoice, card):
        card()
        rows = OutboundSync.objects.count()
        checkout = {"invoice_id": invoice.pk, **PAGES}
        requests = {
            "/payments/stripe/charge": {"invoice_id": invoice.pk},
            "/payments/stripe/checkout": checkout,
            f"/invoices/{invoice.pk}/sync/stripe?wait=5": None,
            f"/connections/{connection.pk}/test": None,
            f"/connections/{connection.pk}/prove": None,
            f"/connections/{connection.pk}/webhook_endpoint": None,
            f"{methods_of(invoice)}/setup": PAGES,
        }
        with another_waits():
            for path, sent in requests.items():
                response = shop.post(path, json=sent, headers={"Idempotency-Key": "once"})
                assert body(response, 503)["code"] == "busy", path
                assert response.headers["Retry-After"] == "5"
            for path in (methods_of(invoice), f"/connections/{connection.pk}/health"):
                assert body(shop.get(path), 503)["code"] == "busy"
        assert OutboundSync.objects.count() == rows
        assert not Payment.objects.exists()
        assert body(shop.post("/payments/stripe/checkout", json=checkout), 201)["checkout_url"]

    def test_may_ask_for_what_nobody_waits_for(self, shop, simulator, invoice):
        with another_waits():
            assert shop.post(f"/invoices/{invoice.pk}/sync/stripe").status_code == 202
            assert shop.get(f"/invoices/{invoice.pk}").status_code == 200
            dry = shop.post(
                "/payments/stripe/checkout?dry_run=true", json={"invoice_id": invoice.pk, **PAGES}
            )
            assert dry.status_code == 200

    def test_is_told_so_in_admin(self, shop, simulator, connection, invoice, admin_client):
        with another_waits():
            told = messages_of(press(admin_client, connection, "test"))
        assert "As many requests as this server allows wait" in told


class TestTimeLimits:
    def test_are_shorter_where_a_person_waits(self, shop, simulator, connection, invoice, monkeypatch):
        monkeypatch.setattr(client, "PERSONS_TIMEOUTS", (0.5, 0.5))
        simulator.faults.add("*", "slow", times=-1, seconds=4.0)
        found = body(shop.get(methods_of(invoice)), 503)
        assert (found["code"], "no answer came in time" in found["message"]) == ("provider_unavailable", True)
        assert GuardedGateway(connection, Priority.SYNC).account().id

    def test_end_a_charge_which_goes_on_by_itself(
        self,
        shop,
        pipelines,
        simulator,
        invoice,
        card,
        monkeypatch,
    ):
        card()
        with monkeypatch.context() as patch:
            patch.setattr(client, "PERSONS_TIMEOUTS", (0.5, 0.5))
            simulator.faults.add("invoices.pay", "slow", seconds=2.0)
            charged = body(shop.post("/payments/stripe/charge", json={"invoice_id": invoice.pk}), 202)
        assert charged["status"] == "pending"
        sync = OutboundSync.objects.get(entity_type=Kind.PAYMENT, entity_id=charged["id"])
        assert sync.settled_at is None
        time.sleep(2)  # Stripe has carried it out by then
        finish(pipelines)
        assert Payment.objects.get(pk=charged["id"]).status == "succeeded"

    def test_end_a_request_of_many_calls(self, shop, simulator, invoice, monkeypatch):
        monkeypatch.setattr(slots, "LONGEST_REQUEST", -1.0)
        before = len(simulator.requests())
        found = body(shop.get(methods_of(invoice)), 503)
        assert found["code"] == "provider_unavailable"
        assert "goes on by itself" in found["message"]
        assert len(simulator.requests()) == before


class TestACallOfARequest:
    def test_without_a_slot_fails(self, simulator, connection):
        gateway = GuardedGateway(connection, Priority.PERSON)
        with slots.request(), pytest.raises(slots.WithoutSlot):
            gateway.account()
        with slots.request(), slots.slot():
            assert gateway.account().id
        assert simulator.requests("accounts.retrieve_current")

    def test_is_made_all_the_same_in_production(self, simulator, connection, settings):
        settings.STRICT = False
        with slots.request():
            assert GuardedGateway(connection, Priority.PERSON).account().id

    def test_of_a_worker_needs_none(self, simulator, connection, settings):
        settings.PROVIDER_REQUESTS = 1
        with slots.slot(), slots.slot():
            assert GuardedGateway(connection, Priority.SYNC).account().id
        assert Connection.objects.get().status == "active"
