"""What the tests of the admin share: an operator, and a row of each noun."""

from typing import Any

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Environment
from billing.services import environments
from billing.tests.admin.conftest import onlooker, operator
from billing.tests.factories import PaymentFactory, SubscriptionFactory
from integrations.models import (
    Alarm,
    Connection,
    EntityMapping,
    ImportRun,
    InboundEvent,
    LinkCandidate,
    OutboundSync,
    Process,
    SyncRun,
)
from integrations.testing import push
from integrations.tests.factories import CustomerFactory

__all__ = ["onlooker", "operator"]
SECRETS = {"secret_key": "test_0123456789abcd", "webhook_secret": "whsec_of_the_connection"}


@pytest.fixture
def sync(connection: Connection) -> OutboundSync:
    """The sync of a customer of the connection's environment, done."""
    customer = CustomerFactory(environment=connection.environment)
    return push(connection, Kind.CUSTOMER, customer.pk)


@pytest.fixture
def event(connection: Connection) -> InboundEvent:
    """A dead event."""
    return make_event(connection, state="dead", reason="never", settled_at=timezone.now())


@pytest.fixture
def everything(
    environment: Environment, connection: Connection, sync: OutboundSync, event: InboundEvent
) -> None:
    """A row of each noun, with its neighbours."""
    environments.create_api_key(environment=environment, name="Shop", scope="read")
    SubscriptionFactory(environment=environment)
    PaymentFactory(environment=environment, gateway="acme", gateway_payment_id="pay_1")
    make_event(connection, object_id="pay_1")
    SyncRun.objects.create(connection=connection, entity_type="customer", total=1)
    Alarm.objects.create(connection=connection, code="import_needed", message="Needed.")
    run = ImportRun.objects.create(connection=connection)
    for kind in ("web", "worker", "beat"):
        make_process(kind)
    LinkCandidate.objects.create(run=run, entity_type="customer", provider_entity_id="person_1")
    make_event(connection, object_id=EntityMapping.objects.get().provider_entity_id)


def make_process(kind: str, **values: Any) -> Process:
    """A process that lives."""
    now = timezone.now()
    values = {"name": f"{kind}@here", "host": "here", "pid": 7, "started_at": now, "seen_at": now} | values
    return Process.objects.create(kind=kind, **values)


def make_event(connection: Connection, **values: Any) -> InboundEvent:
    """A stored event; its payload holds a secret, as some do."""
    number = InboundEvent.objects.count()
    values = {
        "provider_event_id": f"evt_{number}",
        "type": "person.changed",
        "object_id": f"person_{number}",
        "created": timezone.now(),
        "payload": {"id": f"person_{number}", "client_secret": SECRETS["secret_key"]},
    } | values
    return InboundEvent.objects.create(connection=connection, **values)
