"""A worker that has delivered a row continues with other due rows, without waiting for the next message."""

import gc
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations import tasks
from integrations.errors import Retry
from integrations.models import OutboundCall, OutboundSync
from integrations.outbox import syncs as outbox_syncs
from integrations.outbox import worker
from integrations.outbox.context import OutboundContext
from integrations.testing import make_connection
from integrations.tests.factories import CustomerFactory

LONG = 30.0


@pytest.fixture
def waiting(connection):
    """Three rows, the longest due first; no worker reads their messages."""
    return [stage(connection) for _ in range(3)]


def stage(connection, **more):
    customer = CustomerFactory(environment=connection.environment)
    return outbox_syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id, **more)


def states(*syncs):
    found = dict(OutboundSync.objects.values_list("pk", "state"))
    return [found[sync.pk] for sync in syncs]


def test_delivers_all_that_is_due_at_the_connection(connection, waiting, server):
    other = make_connection(connection.environment_id, "acme", name="Other")
    elsewhere, later = stage(other), stage(connection, now=timezone.now() + timedelta(hours=1))
    tasks.deliver.apply(args=[waiting[1].pk], ignore_result=True)
    assert states(*waiting) == ["done"] * 3
    assert states(elsewhere, later) == ["pending", "pending"]
    assert server.operations().count("people.create") == 3


def test_continues_after_a_row_that_another_worker_has_delivered(waiting, server):
    worker.deliver(waiting[0].pk, now=timezone.now())
    tasks.deliver.apply(args=[waiting[0].pk], ignore_result=True)
    assert states(*waiting) == ["done"] * 3


def test_stops_at_the_first_that_fails(waiting, server):
    server.faults = {1: {"before": Retry("down")}}
    worker.deliver_next(waiting[0].pk, seconds=LONG)
    assert (server.operations(), server.objects("peo")) == (["people.create"], [])
    assert OutboundSync.objects.filter(attempts=0).count() == 2


def test_stops_when_its_time_is_over(waiting, server):
    worker.deliver_next(waiting[0].pk, seconds=0.0)
    assert states(*waiting) == ["pending"] * 3


def test_delivers_only_its_own_row_when_the_sync_was_requested(waiting, server):
    tasks.deliver.apply(args=[waiting[0].pk], ignore_result=False)
    assert states(*waiting) == ["done", "pending", "pending"]


def test_leaves_nothing_to_the_cycle_collector(waiting, server):
    gc.collect()
    gc.disable()
    try:
        before = objects_in_memory()
        worker.deliver(waiting[0].pk, now=timezone.now())
        after = objects_in_memory()
    finally:
        gc.enable()
    assert states(waiting[0]) == ["done"] and server.operations()
    assert after == before


def objects_in_memory():
    """How many objects of pushes there are; the reports of earlier tests may keep some.

    By their type: ``isinstance`` would make lazy objects look for what they stand for.
    """
    return sum(issubclass(type(one), (OutboundContext, OutboundCall)) for one in gc.get_objects())
