"""Retention: old payloads go, the record of their events stays."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from integrations import tasks
from integrations.inbox import processing, retention
from integrations.models import InboundEvent
from integrations.testing import receive, store
from integrations.tests.test_inbox import event

LONG_AGO, DAYS = timedelta(days=91), 90


def settled(connection, number=1, age=LONG_AGO, **data):
    """An event that was settled ``age`` ago."""
    return receive(connection, event(number, **data), timezone.now() - age)


class TestPruning:
    def test_empties_the_payload_and_keeps_the_row(self, connection):
        row = settled(connection)
        now = timezone.now()
        assert retention.prune(now, days=DAYS) == 1
        kept = InboundEvent.objects.get()
        assert (kept.payload, kept.pruned_at, kept.state) == ({}, now, "applied")
        assert (kept.provider_event_id, kept.settled_at) == (row.provider_event_id, row.settled_at)

    def test_remembers_that_the_event_was_here(self, connection):
        settled(connection)
        retention.prune(timezone.now(), days=DAYS)
        row = store(connection, event())
        assert (row.state, row.payload, InboundEvent.objects.count()) == ("applied", {}, 1)

    def test_leaves_younger_and_unsettled_events(self, connection):
        settled(connection, 1, age=timedelta(days=89))
        settled(connection, 2, trouble="retry")
        assert retention.prune(timezone.now(), days=DAYS) == 0
        assert InboundEvent.objects.filter(payload={}).count() == 0

    def test_takes_dead_and_ignored_events_too(self, connection):
        settled(connection, 1, trouble="rejected")
        settled(connection, 2, type="moon.risen")
        assert retention.prune(timezone.now(), days=DAYS) == 2

    def test_goes_from_batch_to_batch(self, connection, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 2)
        for number in range(5):
            settled(connection, number)
        assert retention.prune(timezone.now(), days=DAYS) == 5
        assert retention.prune(timezone.now(), days=DAYS) == 0

    def test_leaves_the_rest_to_the_next_run(self, connection, monkeypatch):
        monkeypatch.setattr(retention, "BATCH", 1)
        monkeypatch.setattr(retention, "MAX_ROWS", 2)
        for number in range(3):
            settled(connection, number)
        assert [retention.prune(timezone.now(), days=DAYS) for _ in range(3)] == [2, 1, 0]

    def test_of_0_days_keeps_all(self, connection):
        settled(connection)
        assert retention.prune(timezone.now(), days=0) == 0

    def test_is_scheduled_with_the_configured_days(self, connection, settings):
        settings.EVENT_RETENTION_DAYS = 92
        settled(connection)
        tasks.prune()
        assert InboundEvent.objects.filter(pruned_at__isnull=False).count() == 0
        settings.EVENT_RETENTION_DAYS = 90
        tasks.prune()
        assert InboundEvent.objects.filter(pruned_at__isnull=False).count() == 1

    def test_keeps_90_days_unless_configured(self):
        assert settings.EVENT_RETENTION_DAYS == 90

    @pytest.mark.django_db(transaction=True)
    def test_skips_what_another_transaction_has_locked(self, connection):
        locked, _free = settled(connection, 1), settled(connection, 2)
        other = connections.create_connection("default")
        try:
            other.set_autocommit(False)
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM integrations_inboundevent WHERE id = %s FOR UPDATE", [locked.pk]
                )
            assert retention.prune(timezone.now(), days=DAYS) == 1
        finally:
            other.close()
        assert InboundEvent.objects.get(pruned_at__isnull=True).pk == locked.pk


class TestAPrunedEvent:
    def test_is_not_replayed(self, connection):
        row = settled(connection)
        retention.prune(timezone.now(), days=DAYS)
        assert processing.replay([row.pk], timezone.now()) == 0
        row.refresh_from_db()
        assert row.state == "applied"

    def test_can_never_be_pending(self, connection):
        row = settled(connection)
        retention.prune(timezone.now(), days=DAYS)
        with pytest.raises(IntegrityError, match="inbound_pruned_when_settled"), transaction.atomic():
            InboundEvent.objects.filter(pk=row.pk).update(state="pending", settled_at=None)
