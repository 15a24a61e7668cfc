"""The outbox in the admin: syncs are shown, retried and cancelled."""

from typing import Any

from django.test import Client
from django.utils import timezone

from billing.events import Kind
from billing.tests.admin.pages import messages_of, page, press
from integrations.models import Connection, OutboundSync
from integrations.tests.factories import CustomerFactory


def shown(visitor: Client, row: Any) -> str:
    """Returns the HTML of the row's page."""
    return visitor.get(page(type(row), "change", row.pk)).content.decode()


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

    def test_that_waits_for_its_connection_says_so(self, operator: Client, sync: OutboundSync) -> None:
        OutboundSync.objects.filter(pk=sync.pk).update(
            state="pending", settled_at=None, next_attempt_at=timezone.now()
        )
        assert "connection is broken" not in shown(operator, sync)
        Connection.objects.update(status="broken")
        assert "connection is broken" in shown(operator, sync)

    def test_says_why_it_cannot_be_cancelled(self, operator: Client, sync: OutboundSync) -> None:
        assert "done already" in messages_of(press(operator, sync, "cancel"))


class TestRetryOfARunningSync:
    def test_keeps_its_place(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        sync = outbox_row(connection, customer.pk)
        press(operator, sync, "try_again")
        assert OutboundSync.objects.count() == 1


def outbox_row(connection: Connection, entity_id: str) -> OutboundSync:
    """Returns a sync that waits for its next attempt."""
    return OutboundSync.objects.create(
        connection=connection,
        entity_type=Kind.CUSTOMER,
        entity_id=entity_id,
        state="sending",
        next_attempt_at=timezone.now(),
    )
