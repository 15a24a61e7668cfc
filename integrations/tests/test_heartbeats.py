"""Processes that say that they live, and what is said of those that do not any more."""

import os
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection as database
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from integrations.models import Process
from integrations.processes import heartbeat, silence
from integrations.queue import dispatch
from integrations.tests.admin.conftest import make_process
from integrations.tests.test_metrics import metric
from integrations.tests.workers import empty_broker, until, worker

NOW = timezone.now()


def ago(**length):
    return timezone.now() - timedelta(**length)


@pytest.mark.django_db(transaction=True)
class TestAHeartbeat:
    def test_is_one_row_and_keeps_no_connection(self):
        row = Process(kind="worker", name="celery@here", host="here", pid=os.getpid(), started_at=NOW)
        assert heartbeat.write(row, NOW)
        assert heartbeat.write(row, NOW + timedelta(seconds=10))
        assert database.connection is None
        assert Process.objects.get().seen_at == NOW + timedelta(seconds=10)

    def test_that_cannot_be_written_raises_nothing(self):
        row = Process(kind="worker", name="celery@here", host="here", pid=1, started_at=NOW)
        with database.cursor() as cursor:
            cursor.execute("ALTER TABLE integrations_process RENAME TO away")
        try:
            assert not heartbeat.write(row, NOW)
        finally:
            with database.cursor() as cursor:
                cursor.execute("ALTER TABLE away RENAME TO integrations_process")
        assert heartbeat.write(row, NOW)

    def test_begins_at_once(self, monkeypatch):
        began = []
        monkeypatch.setattr(heartbeat, "_go_on", began.append)
        heartbeat.start("beat", version="1.2", turns=lambda: 0)
        row = began[0].row
        assert (row.kind, row.pid, row.version) == ("beat", os.getpid(), "1.2")
        assert (row.name, row.worked_at) == (f"beat@{row.host}", None)

    def test_needs_a_main_loop_that_turns(self):
        turns = count()
        loop = [next(turns)]
        row = Process(kind="worker", name="celery@here", host="here", pid=1, started_at=NOW)
        alive = heartbeat.Heartbeat(row, lambda: loop[-1])
        loop.append(next(turns))
        assert alive.beat(NOW)
        assert not alive.beat(NOW + timedelta(seconds=10))
        assert Process.objects.get().seen_at == NOW
        loop.append(next(turns))
        assert alive.beat(NOW + timedelta(seconds=20))
        assert Process.objects.get().seen_at == NOW + timedelta(seconds=20)

    def test_of_a_worker_says_when_a_task_has_ended(self):
        turns, ended = count(), [0]
        row = Process(kind="worker", name="celery@here", host="here", pid=1, started_at=NOW, worked_at=NOW)
        alive = heartbeat.Heartbeat(row, lambda: next(turns), lambda: ended[-1])
        for seconds in (10, 20, 30):
            alive.beat(NOW + timedelta(seconds=seconds))
            ended.append(1)
        assert Process.objects.get().worked_at == NOW + timedelta(seconds=20)

    def test_comes_from_a_real_workers_loop_and_tasks(self, tmp_path):
        empty_broker()
        dispatch.send(dispatch.SWEEP)
        with worker(tmp_path, environment={"FLEXSYNC_PROCESS": "worker"}) as running:
            works = Process.objects.filter(kind="worker", worked_at__gt=F("started_at"))
            until(works.exists, "it says that it has worked", running.log)


@pytest.mark.django_db
class TestSilence:
    def test_of_nothing_is_no_silence(self):
        assert silence.silent(silence.newest(), timezone.now()) == {}

    def test_is_told_by_kind(self):
        last = ago(minutes=5)
        make_process("web")
        make_process("worker", seen_at=last)
        make_process("worker", seen_at=ago(hours=2))
        make_process("webhooks", seen_at=last)
        make_process("webhooks")
        assert silence.silent(silence.newest(), timezone.now()) == {"worker": last, "beat": None}

    def test_is_also_that_no_task_ends(self):
        """What hangs in its tasks, or gets none, has a main loop that turns."""
        make_process("beat")
        make_process("worker", worked_at=ago(minutes=8))
        last = make_process("worker", worked_at=ago(minutes=4)).worked_at
        make_process("worker", worked_at=None)
        assert silence.idle(silence.newest(), timezone.now()) == last
        busy = make_process("worker", worked_at=ago(minutes=2))
        assert silence.idle(silence.newest(), timezone.now()) is None
        busy.delete()
        Process.objects.filter(kind="beat").update(seen_at=ago(minutes=5))
        assert silence.idle(silence.newest(), timezone.now()) is None, "nobody gives them any"

    def test_is_forgotten_after_a_day_but_for_what_is_needed(self):
        kept = [make_process("worker", seen_at=ago(days=3)), make_process("web", seen_at=ago(hours=23))]
        make_process("worker", seen_at=ago(days=4))
        make_process("web", seen_at=ago(days=2))
        assert silence.forget(timezone.now()) == 2
        assert {row.pk for row in Process.objects.all()} == {row.pk for row in kept}

    def test_is_measured(self):
        make_process("worker", seen_at=ago(minutes=5))
        make_process("worker", seen_at=ago(minutes=9))
        make_process("web")
        make_process("worker", seen_at=ago(minutes=9), worked_at=ago(minutes=7))
        assert 420 <= metric("task_age_seconds")[""] < 440
        ages = metric("heartbeat_age_seconds")
        assert 300 <= ages['kind="worker"'] < 320
        assert 0 <= ages['kind="web"'] < 20

    def test_is_what_the_first_page_of_the_admin_says(self, admin_client):
        make_process("beat")
        make_process("worker", seen_at=ago(minutes=5))
        shown = admin_client.get(reverse("admin:index"))
        (row,) = shown.context["problems"]
        assert row["cause"].startswith("No worker is alive. ")
        assert row["last"].split() == ["5", "minutes", "ago"]
        listed = admin_client.get(row["url"]).context["cl"].result_list
        assert {one.kind for one in listed} == {"worker", "beat"}
        Process.objects.filter(kind="worker").update(seen_at=timezone.now(), worked_at=ago(minutes=5))
        (row,) = admin_client.get(reverse("admin:index")).context["problems"]
        assert row["cause"].startswith("Workers live, but no task ends in them")
