"""Pushes whose messages have no turn, because those of events go first and there are always some."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations import tasks
from integrations.models import OutboundSync
from integrations.outbox import starving
from integrations.tests.test_deliver_next import LONG, stage, states


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch):
    monkeypatch.setattr(starving, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(tasks, "DELIVER_NEXT_SECONDS", LONG)


@pytest.fixture
def waiting(connection):
    """Due for long; no worker reads their messages."""
    long_ago = timezone.now() - timedelta(seconds=11)
    return [stage(connection, now=long_ago) for _ in range(2)]


def test_are_delivered_by_a_worker_that_has_applied_events(waiting, server):
    tasks.process_inbox()
    assert states(*waiting) == ["done", "done"]


def test_wait_for_their_messages_while_they_are_young(connection, server):
    young = stage(connection)
    tasks.process_inbox()
    assert states(young) == ["pending"]


def test_wait_while_a_worker_is_at_one(connection, waiting, server):
    busy = stage(connection)
    until = timezone.now() + timedelta(seconds=60)
    rows = OutboundSync.objects.filter(pk=busy.pk)
    rows.update(state="sending", leased_until=until, lease_holder="another")
    tasks.process_inbox()
    assert states(*waiting) == ["pending", "pending"]
    rows.update(leased_until=timezone.now())
    tasks.process_inbox()
    assert states(*waiting) == ["done", "done"]


def test_wait_while_their_connection_is_paused(connection, waiting, server):
    connection.status = "paused"
    connection.save()
    tasks.process_inbox()
    assert states(*waiting) == ["pending", "pending"]


def test_are_looked_for_once_in_a_while(connection, waiting, server, monkeypatch):
    monkeypatch.setattr(starving, "LOOK_SECONDS", 60.0)
    monkeypatch.setattr(starving, "_looked_at", float("-inf"))
    tasks.process_inbox()
    late = stage(connection, now=timezone.now() - timedelta(seconds=11))
    tasks.process_inbox()
    assert states(*waiting, late) == ["done", "done", "pending"]
