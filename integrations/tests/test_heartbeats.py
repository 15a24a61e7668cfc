"""Processes that say that they live, and what is said of those that do not any more."""

import os
from datetime import timedelta

import pytest
from django.db import connection as database
from django.urls import reverse
from django.utils import timezone

from integrations.models import Process
from integrations.processes import heartbeat, silence
from integrations.tests.admin.conftest import make_process
from integrations.tests.test_metrics import metric

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
        heartbeat.start("beat", version="1.2")
        (row,) = began
        assert (row.kind, row.pid, row.version) == ("beat", os.getpid(), "1.2")
        assert row.name == f"beat@{row.host}"


@pytest.mark.django_db
class TestSilence:
    def test_of_nothing_is_no_silence(self):
        assert silence.silent(timezone.now()) == {}

    def test_is_told_by_kind(self):
        last = ago(minutes=5)
        make_process("web")
        make_process("worker", seen_at=last)
        make_process("worker", seen_at=ago(hours=2))
        make_process("webhooks", seen_at=last)
        make_process("webhooks")
        assert silence.silent(timezone.now()) == {"worker": last, "beat": None}

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
        ages = metric("heartbeat_age_seconds")
        assert 300 <= ages['kind="worker"'] < 320
        assert 0 <= ages['kind="web"'] < 20

    def test_is_what_the_first_page_of_the_admin_says(self, admin_client):
        make_process("beat")
        make_process("worker", seen_at=ago(minutes=5))
        shown = admin_client.get(reverse("admin:index"))
        assert {one["what"]: one["count"] for one in shown.context["attention"]} == {
            "silent kind of process": 1
        }
        (row,) = shown.context["stuck"]
        assert row["why"].startswith("No worker since ")
        (listed,) = admin_client.get(row["url"]).context["cl"].result_list
        assert listed.kind == "worker"
