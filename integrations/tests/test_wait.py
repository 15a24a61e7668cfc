"""Waiting for pushes: until they are settled or the time is over, whichever process delivers them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.outbox import syncs, wait
from integrations.testing import push
from integrations.tests.factories import CustomerFactory


@pytest.fixture
def slept(monkeypatch):
    """Notes each pause instead of making it."""
    pauses = []
    monkeypatch.setattr(wait.time, "sleep", pauses.append)
    return pauses


def pending(connection):
    customer = CustomerFactory(environment=connection.environment)
    return syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)


def test_ends_when_all_are_settled(connection, slept):
    settled = push(connection, Kind.CUSTOMER, CustomerFactory(environment=connection.environment).id)
    sync, left = pending(connection), []

    def report(number):
        left.append(number)
        syncs.cancel(sync.pk, timezone.now())

    slept.clear()  # of the push's calls
    wait.wait_for([settled.pk, sync.pk], progress=report)
    assert left == [1] and slept == [wait.PAUSE_SECONDS]


def test_ends_when_the_time_is_over(connection):
    sync, left = pending(connection), []
    wait.wait_for([sync.pk], seconds=0.15, progress=left.append)
    assert set(left) == {1}


def test_reads_nothing_without_time(connection, django_assert_num_queries):
    with django_assert_num_queries(0):
        wait.wait_for(["sync_any"], seconds=0)


def test_waits_for_leased_rows_only_if_asked_to(connection, slept):
    sync = pending(connection)
    wait.wait_for([sync.pk], leased_only=True)
    assert slept == []
    sync.leased_until = timezone.now() + timedelta(minutes=1)
    sync.save()
    wait.wait_for([sync.pk], leased_only=True, progress=lambda _left: expire(sync))
    assert slept == [wait.PAUSE_SECONDS]


def expire(sync):
    """Lets the lease expire."""
    sync.leased_until = timezone.now()
    sync.save()
