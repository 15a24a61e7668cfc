"""Many changes become one push, and none is lost, whichever thread wins the race."""

import threading
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections as databases
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import customers
from integrations.inbox import processing
from integrations.models import InboundEvent, OutboundSync
from integrations.outbox import syncs, worker
from integrations.testing import store
from integrations.tests.factories import CustomerFactory
from integrations.tests.test_inbox import NOON, event

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def in_parallel(work):
    """Runs ``work`` in a thread with its own database connection; its exception is raised here."""
    failures = []

    def run():
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - raised again below
            failures.append(failure)
        finally:
            databases.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join(20)
    assert not thread.is_alive()
    if failures:
        raise failures[0]


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


def rename(customer, name):
    customers.update(environment_id=customer.environment_id, customer_id=customer.id, changes={"name": name})


def names_there(server):
    return [person["name"] for person in server.objects("peo")]


def test_a_worker_cannot_begin_a_push_that_an_edit_is_joining(connection, customer, server):
    with transaction.atomic():
        sync = syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)
    with transaction.atomic():
        rename(customer, "Joined")
        with in_parallel(lambda: worker.deliver(sync.id, now=timezone.now())):
            pass
        assert server.operations() == [], "the row is locked until the edit is committed"
    worker.deliver(sync.id, now=timezone.now())
    assert names_there(server) == ["Joined"]
    assert OutboundSync.objects.count() == 1


def test_an_edit_during_a_push_leads_to_one_more(connection, customer, server):
    sent = server.call

    def call(operation, params, **rest):
        server.call = sent
        with in_parallel(lambda: [rename(customer, name) for name in ("Second", "Third")]):
            pass
        return sent(operation, params, **rest)

    server.call = call
    with transaction.atomic():
        sync = syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)
    worker.deliver(sync.id, now=timezone.now())
    assert names_there(server) == ["Ada"]
    [pending] = OutboundSync.objects.filter(state="pending")
    worker.deliver(pending.id, now=timezone.now())
    assert names_there(server) == ["Third"]


def test_two_edits_at_once_stage_one_push(connection, customer):
    def stage():
        syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)

    def stage_committed():
        with transaction.atomic():
            stage()

    with in_parallel(stage_committed), transaction.atomic():
        stage()
    assert OutboundSync.objects.count() == 1


def test_racing_edits_and_workers_lose_nothing(connection, customer, server):
    edits, done = 12, threading.Event()

    def edit():
        try:
            for number in range(edits):
                rename(customer, f"Edit {number}")
        finally:
            done.set()

    def work():
        while not done.is_set() or OutboundSync.objects.filter(state__in=("pending", "sending")).exists():
            for sync in OutboundSync.objects.filter(state__in=("pending", "sending")):
                worker.deliver(sync.id, now=timezone.now())

    with in_parallel(work), in_parallel(work), in_parallel(edit):
        pass
    assert names_there(server) == [f"Edit {edits - 1}"]
    assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
    assert len(OutboundSync.objects.all()) <= edits


def test_one_object_is_applied_by_one_worker_at_a_time(connection, server):
    rows = [
        store(connection, event(number, f"Name {number}", at=NOON + timedelta(seconds=number)), NOON)
        for number in range(3)
    ]
    works = [partial(processing.process, row.id, timezone.now()) for row in rows]
    with in_parallel(works[2]), in_parallel(works[0]), in_parallel(works[1]):
        pass
    assert Customer.objects.get().name == "Name 2"
    states = {row.state for row in InboundEvent.objects.all()}
    assert states <= {"applied", "ignored"}
