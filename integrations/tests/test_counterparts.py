"""Two pushes that need the same new counterpart create it once, whatever happens to the first."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.models import Plan
from integrations.db import advisory_locks
from integrations.errors import Retry
from integrations.mappings import entity_mappings
from integrations.models import EntityMapping, OutboundSync
from integrations.outbox import syncs, worker
from integrations.testing import push, registered
from integrations.tests import acme
from integrations.tests.acme_server import Killed
from integrations.tests.factories import CustomerFactory
from integrations.tests.workers import until


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def plan(customer):
    """A plan whose push needs the customer's counterpart."""
    return Plan.objects.create(environment=customer.environment, name=customer.id)


def test_waits_while_another_push_is_creating_it(connection, customer, plan, server):
    server.faults = {1: {"after": Retry("lost answer")}}
    now = timezone.now()
    creating = push(connection, Kind.CUSTOMER, customer.id, now)
    waiting = push(connection, Kind.PLAN, plan.id, now)
    assert waiting.last_error == (
        f"Waits for {creating.id}, which is creating the customer {customer.id} at the provider. It goes on by itself."
    )
    for sync in (creating, waiting):
        worker.deliver(sync.id, now=now + timedelta(minutes=5))
    assert not OutboundSync.objects.exclude(state="done").exists()
    assert (len(server.objects("peo")), len(server.objects("off"))) == (1, 1)


def test_uses_one_that_was_created_since_it_looked(connection, customer, plan, server, monkeypatch):
    now, looked = timezone.now(), []
    method = "integrations.outbox.context.OutboundContext.provider_id_of"

    def blind_once(self, kind, entity_id):
        looked.append(entity_id)
        if len(looked) == 1:
            push(connection, Kind.CUSTOMER, customer.id, now)
            return None
        return entity_mappings.provider_id_of(self.connection_id, kind, entity_id)

    monkeypatch.setattr(method, blind_once)
    sync = push(connection, Kind.PLAN, plan.id, now)
    assert sync.state == "done"
    assert sync.calls.get(step="person").detail == "Not needed: another sync has created peo_1 meanwhile."
    assert len(server.objects("peo")) == 1


@pytest.mark.django_db(transaction=True)
def test_sees_one_that_is_created_while_it_waits_to_begin(connection, customer, server):
    pushing = Thread(target=push_and_close, args=[connection, customer])
    with transaction.atomic():
        advisory_locks.lock(connection.id, Kind.CUSTOMER, customer.id)
        pushing.start()
        until(a_lock_is_awaited, "the push waits for the lock")
        entity_mappings.link(
            connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id, provider_id="peo_created"
        )
    pushing.join()
    skipped = OutboundSync.objects.get().calls.get(step="create")
    assert skipped.detail == "Not needed: another sync has created peo_created meanwhile."
    assert "people.create" not in server.operations()


def push_and_close(connection, customer):
    push(connection, Kind.CUSTOMER, customer.id)
    database.close()


def a_lock_is_awaited():
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
        )
        return cursor.fetchone() is not None


@pytest.mark.parametrize("effect", ["before", "after"])
def test_repeats_the_unanswered_call_of_a_cancelled_push(connection, customer, plan, server, effect):
    server.faults = {1: {effect: Killed()}}
    with pytest.raises(Killed):
        push(connection, Kind.CUSTOMER, customer.id)
    syncs.cancel(OutboundSync.objects.get().id, timezone.now() + timedelta(minutes=5))
    sync = push(connection, Kind.PLAN, plan.id)
    assert (sync.state, len(server.objects("peo"))) == ("done", 1)
    assert EntityMapping.objects.get(entity_id=customer.id).provider_entity_id == "peo_1"


def test_a_note_may_be_about_another_mapping(connection, customer, plan, server, monkeypatch):
    push(connection, Kind.CUSTOMER, customer.id)

    def offer(outbound):
        options = {"annotate": lambda offer: {"offer": offer["id"]}, "about": (Kind.CUSTOMER, customer.id)}
        outbound.once("offer", "offers.create", {}, link=(Kind.PLAN, plan.id), **options)

    monkeypatch.setattr(acme, "push_plan", offer)
    with registered(acme.provider(server)):
        sync = push(connection, Kind.PLAN, plan.id)
    assert sync.state == "done", sync.last_error
    mappings = dict(EntityMapping.objects.values_list("entity_type", "metadata"))
    assert mappings == {"customer": {"tag": "tag_2", "sent": "digest", "offer": "off_4"}, "plan": {}}
