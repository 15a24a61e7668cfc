"""Syncs that an operator requests."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from billing.models import Customer
from billing.tests.admin.pages import page
from integrations.models import Connection, OutboundSync
from integrations.tests.factories import CustomerFactory


def target_of(connection: Connection, customer: Customer) -> dict[str, str]:
    return {"connection": connection.pk, "kind": "customer", "entity": customer.pk}


class TestSyncNow:
    def test_tries_an_earlier_waiting_sync_at_once(self, operator: Client, connection: Connection) -> None:
        customer = CustomerFactory(environment=connection.environment)
        later = timezone.now() + timedelta(hours=1)
        waiting = OutboundSync.objects.create(
            connection=connection,
            entity_type="customer",
            entity_id=customer.pk,
            turn=customer.pk,
            state="sending",
            next_attempt_at=later,
        )
        operator.post(page(OutboundSync, "stage"), target_of(connection, customer))
        waiting.refresh_from_db()
        assert waiting.next_attempt_at < later
