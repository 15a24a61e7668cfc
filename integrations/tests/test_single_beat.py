"""Two beats at a time, of which one sends: whatever happens to it, the other goes on, and never both."""

import os
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from flexsync.beat import Scheduler
from flexsync.celery import app
from integrations.models import ProcessLease
from integrations.processes.single import Single
from integrations.tests.workers import beat, empty_broker, until

pytestmark = pytest.mark.django_db(transaction=True)
SENDS = b"Sending due task sweep"


@pytest.fixture(autouse=True)
def _clean_broker():
    yield
    empty_broker()


def sent(running):
    return running.log.read_bytes().count(SENDS)


def sends(running):
    """Waits until it sends once more."""
    before = sent(running)
    until(lambda: sent(running) > before, "it sends", running.log)


def test_one_sends_and_the_other_goes_on(tmp_path):
    with beat(tmp_path) as first:
        sends(first)
        with beat(tmp_path) as second:
            until(lambda: b"waits_for_lease" in second.log.read_bytes(), "it waits", second.log)
            assert sent(second) == 0
            first.freeze()
            sends(second)
            first.thaw()
            until(lambda: b"waits_for_lease" in first.log.read_bytes(), "it knows", first.log)
            before = sent(first)
            sends(second)
            assert sent(first) == before
            second.kill()
            sends(first)


def test_a_signal_that_breaks_into_a_statement_ends_it_after_that(tmp_path):
    with beat(tmp_path) as running:
        sends(running)
        with transaction.atomic():
            ProcessLease.objects.select_for_update().get(name="beat")
            until(waits_for_a_lock, "its sign of life waits", running.log)
            os.kill(running.process.pid, signal.SIGTERM)
            time.sleep(0.5)
        running.process.join(10)
        assert running.process.exitcode == 0
    assert ProcessLease.objects.get(name="beat").lease_holder == ""


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return cursor.fetchone()[0] > 0


def sent_by(scheduler):
    """How often each task was sent once this one, after another beat was killed, has sent all that is due."""
    ProcessLease.objects.update(leased_until=None)
    while scheduler.tick() == 0:
        pass
    return dict(PeriodicTask.objects.values_list("name", "total_run_count"))


def test_the_next_begins_with_what_the_last_has_sent():
    first, second = Scheduler(app=app), Scheduler(app=app)
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(days=2))
    once = sent_by(first)
    assert once["sweep"] == once["start-comparisons"] == 1
    assert sent_by(second) == once
    PeriodicTask.objects.filter(name="sweep").update(last_run_at=timezone.now() - timedelta(days=2))
    ProcessLease.objects.update(lease_holder="")
    twice = sent_by(second)
    assert twice == once | {"sweep": 2}
    assert sent_by(first) == twice


def rename(table, name):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {name}")


class TestTheLease:
    def test_is_one_process_at_a_time(self):
        first, second = Single("x", seconds=0.2), Single("x", seconds=0.2)
        assert not first.is_ours()
        assert first.taken()
        assert first.is_ours()
        assert not second.taken()
        time.sleep(0.3)
        assert second.taken()
        assert not first.is_ours()
        first.release()
        assert second.is_ours()
        second.release()
        assert first.taken()

    def test_is_nobodys_while_the_database_does_not_answer(self):
        single = Single("x", seconds=60)
        assert single.taken()
        rename("integrations_processlease", "away")
        try:
            assert not single.is_ours()
            assert not Single("x", seconds=60).taken()
        finally:
            rename("away", "integrations_processlease")
        assert single.is_ours()


def test_one_outlives_the_database_whenever_it_goes():
    """The lease is taken, and the next statement fails."""
    scheduler = Scheduler(app=app)
    PeriodicTask.objects.update(last_run_at=timezone.now() - timedelta(days=2))
    rename("django_celery_beat_periodictasks", "away")
    try:
        assert 0 < scheduler.tick() <= 1
    finally:
        rename("away", "django_celery_beat_periodictasks")
    assert sent_by(scheduler)["sweep"] == 1
