"""However many webhooks come, workers are called once, and nothing is left behind."""

import threading
import time
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations import sweep
from integrations.inbox import worker as draining
from integrations.models import InboundEvent
from integrations.queue import inbox_wakeup
from integrations.testing import receive, store
from integrations.tests.test_inbox import event
from integrations.tests.test_webhook import PERSON, broker_gone, post  # noqa: F401  (a fixture)
from integrations.tests.workers import empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _clean_broker(monkeypatch):
    """Nobody was called a moment ago, and no call of another test is still to come."""
    monkeypatch.setattr(inbox_wakeup, "_pace", inbox_wakeup._Pace())
    _let_calls_be_made()
    empty_broker()
    yield
    _let_calls_be_made()
    empty_broker()


def _let_calls_be_made():
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


def calls():
    return redis.Redis.from_url(settings.REDIS_URL).llen("celery")


def applied():
    return InboundEvent.objects.filter(state="applied").count()


class TestCalling:
    def test_happens_once_for_a_burst(self, connection, acme_worker):
        burst(range(30))
        assert calls() == 1
        with acme_worker() as running:
            until(lambda: applied() == 30, "all are applied", running.log)

    def test_happens_again_for_what_comes_after_a_worker_began(self, connection):
        burst([1])
        inbox_wakeup.begin()
        burst([2])
        until(lambda: calls() == 2, "the one that came meanwhile is called for")

    def test_happens_at_the_end_of_a_pause_for_all_who_came_meanwhile(self, connection, monkeypatch):
        monkeypatch.setattr(inbox_wakeup, "PAUSE", 1.0)
        burst([1])
        inbox_wakeup.begin()
        burst(range(2, 9))
        assert calls() == 1
        until(lambda: calls() == 2, "the last of them is called for")
        time.sleep(1.1)
        inbox_wakeup.begin()
        burst([9])
        assert calls() == 3

    def test_waits_for_the_commit(self, connection):
        with transaction.atomic():
            burst([1])
            assert calls() == 0
        assert calls() == 1

    def test_leaves_a_broker_alone_that_did_not_answer(self, connection, broker_gone, caplog):  # noqa: F811
        burst(range(10))
        assert len([one for one in caplog.records if one.name == "integrations.queue.redis_client"]) == 1
        assert InboundEvent.objects.count() == 10

    def test_that_was_lost_is_made_up_for_by_the_sweep(self, connection, acme_worker):
        burst(range(5))
        redis.Redis.from_url(settings.REDIS_URL).delete("celery")
        assert sweep.sweep(timezone.now() + timedelta(seconds=16))["inbox"] == 5
        assert calls() == 1
        with acme_worker() as running:
            until(lambda: applied() == 5, "all are applied", running.log)


class TestDraining:
    def test_is_shared_by_two_workers(self, connection, acme_worker):
        with acme_worker() as one, acme_worker():
            burst(range(100))
            until(lambda: applied() == 100, "all are applied", one.log)
        assert set(InboundEvent.objects.values_list("attempts", flat=True)) == {1}

    def test_leaves_what_is_not_due_or_waits_or_is_settled(self, connection):
        receive(connection, event(1, trouble="retry"))
        receive(connection, event(2))
        connection.status = "paused"
        connection.save()
        store(connection, event(3))
        assert draining.drain() is False
        assert sorted(InboundEvent.objects.values_list("attempts", flat=True)) == [0, 1, 1]

    def test_is_not_stopped_by_what_fails(self, connection):
        now = timezone.now()
        for number, trouble in enumerate(["bug", "rejected", "retry", ""]):
            store(connection, event(number, trouble=trouble, id=f"peo_{number}"), now)
        draining.drain()
        assert sorted(InboundEvent.objects.values_list("state", flat=True)) == [
            "applied",
            "dead",
            "pending",
            "pending",
        ]

    def test_says_when_it_stopped_before_the_end(self, connection, monkeypatch):
        monkeypatch.setattr(draining, "BATCH", 2)
        monkeypatch.setattr(draining, "ROUNDS", 2)
        burst(range(5))
        assert draining.drain() is True
        assert applied() == 4
        assert draining.drain() is False
        assert applied() == 5

    def test_comes_back_for_what_has_to_wait_a_moment(self, connection):
        receive(connection, event(1, trouble="retry"))
        draining.drain()
        assert calls() == 2
        draining.drain()
        assert calls() == 2

    def test_comes_back_sooner_for_what_waits_less_long(self, connection):
        receive(connection, event(1, trouble="retry"))
        InboundEvent.objects.update(next_attempt_at=timezone.now() + timedelta(seconds=10))
        draining.drain()
        before = calls()
        InboundEvent.objects.update(next_attempt_at=timezone.now() + timedelta(seconds=5))
        draining.drain()
        assert calls() == before + 1
