"""Who is noted for what workers and commands store."""

import sys
from datetime import UTC, datetime

import django.core.management
from django.utils import timezone

import manage
from billing import actors
from billing.actors import Actor, ActorType
from billing.models import AuditEntry
from flexsync.celery import app
from integrations.inbox import processing
from integrations.inbox.replays import preview_one
from integrations.provider_api import Envelope
from integrations.testing import receive, store


def event(number, name):
    payload = {"id": "peo_9", "name": name}
    at = datetime(2026, 1, 1, 12, number, tzinfo=UTC)
    return Envelope(f"evt_{number}", "person.changed", "peo_9", at, "1", False, payload, 0)


@app.task(name="integrations.look_who_acts")
def look():
    return actors.current()


class TestTheActor:
    def test_of_what_an_event_changes_is_the_event(self, connection):
        for number, name in enumerate(("Grace", "Joan")):
            receive(connection, event(number, name))
        found = AuditEntry.objects.order_by("pk").values_list("actor_type", "actor", "connection_id")
        assert list(found) == [("event", "evt_0", connection.pk), ("event", "evt_1", connection.pk)]

    def test_of_each_event_of_a_batch_is_that_event(self, connection):
        for number, name in enumerate(("Grace", "Joan")):
            store(connection, event(number, name))
        processing.process_due(timezone.now(), 100)
        assert AuditEntry.objects.exists()
        assert not AuditEntry.objects.exclude(actor__in=["evt_0", "evt_1"]).exists()

    def test_of_a_task_is_the_task(self):
        assert look() == Actor(ActorType.TASK, "look who acts")

    def test_of_a_command_is_the_command(self, monkeypatch):
        seen = []
        monkeypatch.setattr(
            django.core.management, "execute_from_command_line", lambda argv: seen.append(actors.current())
        )
        monkeypatch.setattr(sys, "argv", ["manage.py", "sync_run", "--all"])
        manage.main()
        assert seen == [Actor(ActorType.COMMAND, "sync_run")]


def test_a_dry_run_leaves_no_entry(connection):
    row = store(connection, event(1, "Grace"))
    preview_one(row, timezone.now())
    assert not AuditEntry.objects.exists()
