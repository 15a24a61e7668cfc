"""A burst of webhooks notifies a worker once, and no event is left behind."""

import threading
import time
from datetime import timedelta

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations import sweep
from integrations.inbox import worker as inbox_worker
from integrations.models import InboundEvent
from integrations.queue import inbox_wakeup
from integrations.testing import receive, store
from integrations.tests.test_inbox import event
from integrations.tests.test_webhook import PERSON, broker_gone, post  # noqa: F401  (a fixture)
from integrations.tests.workers import database_url, empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clean_broker(monkeypatch):
    """No notification was sent a moment ago, and none of another test is still to come."""
    monkeypatch.setattr(inbox_wakeup, "_throttle", inbox_wakeup._Throttle())
    _let_timers_end()
    empty_broker()
    yield
    _let_timers_end()
    empty_broker()


def _let_timers_end():
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join()


@pytest.fixture
def acme_worker(tmp_path, server):
    return lambda: worker(
        tmp_path, include=["integrations.tests.acme_worker"], environment={"ACME_FOLDER": str(tmp_path)}
    )


def burst(numbers):
    for number in numbers:
        post(PERSON | {"id": f"evt_{number}", "data": {"id": f"peo_{number}", "name": "Grace"}})


def notifications():
    return redis.Redis.from_url(settings.REDIS_URL).llen("celery")


def applied():
    return InboundEvent.objects.filter(state="applied").count()


class TestNotifying:
    def test_happens_once_for_a_burst(self, connection, acme_worker):
        burst(range(30))
        assert notifications() == 1
        with acme_worker() as running:
            until(lambda: applied() == 30, "all are applied", running.log)

    def test_happens_again_for_events_that_come_after_a_worker_began(self, connection):
        burst([1])
        inbox_wakeup.acknowledge()
        burst([2])
        until(lambda: notifications() == 2, "a worker is notified of the event that came meanwhile")

    def test_happens_at_the_end_of_the_interval_for_all_that_came_meanwhile(self, connection, monkeypatch):
        monkeypatch.setattr(inbox_wakeup, "MIN_INTERVAL_SECONDS", 1.0)
        burst([1])
        inbox_wakeup.acknowledge()
        burst(range(2, 9))
        assert notifications() == 1
        until(lambda: notifications() == 2, "a worker is notified of the last of them")
        time.sleep(1.1)
        inbox_wakeup.acknowledge()
        burst([9])
        assert notifications() == 3

    def test_waits_for_the_commit(self, connection):
        with transaction.atomic():
            burst([1])
            assert notifications() == 0
        assert notifications() == 1

    def test_leaves_a_broker_alone_that_did_not_answer(self, connection, broker_gone, caplog):  # noqa: F811
        burst(range(10))
        assert (
            len([record for record in caplog.records if record.name == "integrations.queue.redis_client"])
            == 1
        )
        assert InboundEvent.objects.count() == 10

    def test_that_was_lost_is_repeated_by_the_sweep(self, connection, acme_worker):
        burst(range(5))
        redis.Redis.from_url(settings.REDIS_URL).delete("celery")
        assert sweep.sweep(timezone.now() + timedelta(seconds=16))["inbox"] == 5
        assert notifications() == 1
        with acme_worker() as running:
            until(lambda: applied() == 5, "all are applied", running.log)


class TestDraining:
    def test_is_shared_by_two_workers(self, connection, acme_worker):
        with acme_worker() as first, acme_worker():
            burst(range(100))
            until(lambda: applied() == 100, "all are applied", first.log)
        assert set(InboundEvent.objects.values_list("attempts", flat=True)) == {1}

    def test_leaves_events_that_are_not_due_or_wait_or_are_settled(self, connection):
        receive(connection, event(1, trouble="retry"))
        receive(connection, event(2))
        connection.status = "paused"
        connection.save()
        store(connection, event(3))
        assert inbox_worker.drain() is False
        assert sorted(InboundEvent.objects.values_list("attempts", flat=True)) == [0, 1, 1]

    def test_is_not_stopped_by_failures(self, connection):
        now = timezone.now()
        for number, trouble in enumerate(["bug", "rejected", "retry", ""]):
            store(connection, event(number, trouble=trouble, id=f"peo_{number}"), now)
        inbox_worker.drain()
        assert sorted(InboundEvent.objects.values_list("state", flat=True)) == [
            "applied",
            "dead",
            "pending",
            "pending",
        ]

    def test_returns_whether_it_stopped_before_the_end(self, connection, monkeypatch):
        monkeypatch.setattr(inbox_worker, "BATCH", 2)
        monkeypatch.setattr(inbox_worker, "MAX_ROUNDS", 2)
        burst(range(5))
        assert inbox_worker.drain() is True
        assert applied() == 4
        assert inbox_worker.drain() is False
        assert applied() == 5

    def test_does_not_come_back_for_what_another_worker_is_at(self, connection):
        """Each message would bring forth the next, and those of the outbox, which come last, would wait."""
        burst([1])
        with psycopg.connect(database_url()) as other:
            other.execute("SELECT FROM integrations_inboundevent FOR UPDATE")
            inbox_worker.drain()
        assert notifications() == 1
        inbox_worker.drain()
        assert (applied(), notifications()) == (1, 1)

    def test_comes_back_for_what_has_just_fallen_due(self, connection):
        burst([1])
        InboundEvent.objects.update(next_attempt_at=timezone.now() + timedelta(milliseconds=100))
        looked_at = timezone.now()
        time.sleep(0.2)
        inbox_wakeup.acknowledge()
        inbox_worker._notify_for_what_is_soon_due(looked_at)
        _let_timers_end()
        assert notifications() == 2

    def test_comes_back_for_events_that_wait_a_moment(self, connection):
        receive(connection, event(1, trouble="retry"))
        inbox_worker.drain()
        assert notifications() == 2
        inbox_worker.drain()
        assert notifications() == 2

    def test_comes_back_sooner_for_events_that_wait_less_long(self, connection):
        receive(connection, event(1, trouble="retry"))
        InboundEvent.objects.update(next_attempt_at=timezone.now() + timedelta(seconds=10))
        inbox_worker.drain()
        before = notifications()
        InboundEvent.objects.update(next_attempt_at=timezone.now() + timedelta(seconds=5))
        inbox_worker.drain()
        assert notifications() == before + 1
