"""The inbox and the outbox in the admin: what happened is seen, and what is stuck is moved."""

from typing import Any

from django.test import Client
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Environment, Payment
from billing.tests.admin.pages import fields, page, press, said, select
from billing.tests.factories import PaymentFactory
from integrations.models import Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.tests.factories import CustomerFactory


def shown(visitor: Client, row: Any) -> str:
    """The HTML of the row's page."""
    return visitor.get(page(type(row), "change", row.pk)).content.decode()


class TestAnEvent:
    def test_is_replayed(self, operator: Client, event: InboundEvent) -> None:
        press(operator, event, "replay")
        event.refresh_from_db()
        assert (event.state, event.settled_at) == ("pending", None)

    def test_is_replayed_in_a_selection(self, operator: Client, event: InboundEvent) -> None:
        select(operator, [event], "replay_selected")
        event.refresh_from_db()
        assert event.state == "pending"

    def test_shows_its_payload_without_secrets(self, operator: Client, event: InboundEvent) -> None:
        html = shown(operator, event)
        assert event.object_id in html
        assert "client_secret" in html
        assert event.payload["client_secret"] not in html

    def test_leads_to_what_it_speaks_of(
        self, operator: Client, event: InboundEvent, sync: OutboundSync
    ) -> None:
        mapping = EntityMapping.objects.get()
        event.object_id = mapping.provider_entity_id
        event.save()
        html = shown(operator, event)
        assert page(Customer, "change", mapping.entity_id) in html
        assert page(EntityMapping, "change", mapping.pk) in html

    def test_is_not_replayed_by_onlookers(self, onlooker: Client, event: InboundEvent) -> None:
        assert press(onlooker, event, "replay").status_code == 403


class TestASync:
    def test_shows_its_calls(self, operator: Client, sync: OutboundSync) -> None:
        html = shown(operator, sync)
        for call in sync.calls.all():
            assert call.step in html
            assert call.idempotency_key in html
            assert call.request_id in html

    def test_is_tried_again(self, operator: Client, sync: OutboundSync) -> None:
        OutboundSync.objects.filter(pk=sync.pk).update(state="blocked")
        press(operator, sync, "try_again")
        sync.refresh_from_db()
        assert (sync.state, sync.settled_at) == ("pending", None)

    def test_is_cancelled(self, operator: Client, sync: OutboundSync) -> None:
        OutboundSync.objects.filter(pk=sync.pk).update(state="pending", settled_at=None)
        press(operator, sync, "cancel")
        sync.refresh_from_db()
        assert sync.state == "cancelled"

    def test_says_why_it_cannot_be_cancelled(self, operator: Client, sync: OutboundSync) -> None:
        assert "done already" in said(press(operator, sync, "cancel"))


class TestACustomer:
    def test_edited_in_admin_stages_a_sync(self, operator: Client, sync: OutboundSync) -> None:
        where = page(Customer, "change", sync.entity_id)
        operator.post(where, fields(operator.get(where)) | {"email": "new@example.com"})
        staged = OutboundSync.objects.get(state="pending")
        assert (staged.entity_id, staged.connection_id) == (sync.entity_id, sync.connection_id)

    def test_shows_where_it_stands(self, operator: Client, sync: OutboundSync) -> None:
        html = operator.get(page(Customer, "change", sync.entity_id)).content.decode()
        assert page(OutboundSync, "change", sync.pk) in html
        assert EntityMapping.objects.get().provider_entity_id in html
        assert "Sync to Acme now" in html

    def test_is_synced_when_somebody_asks(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        asked = {"connection": connection.pk, "kind": "customer", "entity": customer.pk}
        operator.post(page(OutboundSync, "stage"), asked)
        staged = OutboundSync.objects.get()
        assert (staged.entity_id, staged.started_by, staged.state) == (customer.pk, "operator", "pending")

    def test_of_another_environment_is_not_synced(self, operator: Client, connection: Connection) -> None:
        asked = {"connection": connection.pk, "kind": "customer", "entity": CustomerFactory().pk}
        assert operator.post(page(OutboundSync, "stage"), asked).status_code == 404
        assert operator.post(page(OutboundSync, "stage"), asked | {"kind": "ghost"}).status_code == 404

    def test_is_not_synced_by_onlookers(self, onlooker: Client, sync: OutboundSync) -> None:
        asked = {"connection": sync.connection_id, "kind": "customer", "entity": sync.entity_id}
        assert onlooker.post(page(OutboundSync, "stage"), asked).status_code == 403
        html = onlooker.get(page(Customer, "change", sync.entity_id)).content.decode()
        assert "Sync to Acme now" not in html

    def test_is_not_synced_by_following_a_link(self, operator: Client, db: None) -> None:
        assert operator.get(page(OutboundSync, "stage")).status_code == 405


class TestAPayment:
    def test_leads_to_its_twin_by_the_gateways_id(
        self, operator: Client, connection: Connection, environment: Environment
    ) -> None:
        payment = PaymentFactory(environment=environment, gateway="acme", gateway_payment_id="pay_of_acme")
        panel = shown(operator, payment).partition("sync-heading")[2]
        assert "pay_of_acme" in panel

    def test_is_what_an_event_with_its_id_speaks_of(
        self, operator: Client, event: InboundEvent, environment: Environment
    ) -> None:
        payment = PaymentFactory(environment=environment, gateway="acme", gateway_payment_id=event.object_id)
        assert page(Payment, "change", payment.pk) in shown(operator, event)


class TestRetryOfARunningSync:
    def test_keeps_its_place(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        sync = outbox_row(connection, customer.pk)
        press(operator, sync, "try_again")
        assert OutboundSync.objects.count() == 1


def outbox_row(connection: Connection, entity_id: str) -> OutboundSync:
    """A push that waits for its next attempt."""
    return OutboundSync.objects.create(
        connection=connection,
        entity_type=Kind.CUSTOMER,
        entity_id=entity_id,
        state="sending",
        next_attempt_at=timezone.now(),
    )
