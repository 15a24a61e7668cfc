"""The rate limiter: a connection's calls keep to what the provider allows, and waiting costs no attempt."""

from dataclasses import replace

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.errors import Throttled
from integrations.gateway import rate_limiter
from integrations.models import OutboundSync
from integrations.models.outbound import Priority
from integrations.outbox import syncs, worker
from integrations.queue import redis_client
from integrations.testing import push, registered
from integrations.tests import acme
from integrations.tests.factories import CustomerFactory
from integrations.tests.workers import empty_broker


@pytest.fixture(autouse=True)
def _no_turns_taken(monkeypatch):
    empty_broker()
    monkeypatch.setattr(redis_client, "_resting_until", {})


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def slow_acme(server):
    """Acme takes one call in a hundred seconds."""
    with registered(replace(acme.provider(server), calls_per_second=lambda _livemode: 0.01)):
        yield


def test_a_push_beyond_the_budget_waits_without_an_attempt(connection, customer, server, slow_acme):
    now = timezone.now()
    sync = push(connection, Kind.CUSTOMER, customer.id, now)
    assert server.operations() == ["people.create"], "the first call has its turn, the second waits"
    assert (sync.state, sync.attempts, sync.step) == ("sending", 0, "create")
    assert sync.last_error == (
        "Waits for its turn: the connection makes as many calls as the provider allows. It goes on by itself."
    )
    assert (sync.next_attempt_at - now).total_seconds() > 50
    worker.deliver(sync.id, now=now)
    assert len(server.operations()) == 1, "there is no attempt before its turn"


def test_a_person_goes_before_a_change(connection, slow_acme, monkeypatch):
    monkeypatch.setattr(rate_limiter, "HORIZONS", {Priority.PERSON: 500.0, Priority.SYNC: 0.4})
    monkeypatch.setattr(rate_limiter.time, "sleep", lambda _seconds: None)
    rate_limiter.admit(connection, Priority.SYNC, rate_limiter.calls_per_second(connection))
    with pytest.raises(Throttled):
        rate_limiter.admit(connection, Priority.SYNC, rate_limiter.calls_per_second(connection))
    assert rate_limiter.admit(connection, Priority.PERSON, rate_limiter.calls_per_second(connection)) == 0


def test_each_priority_has_a_longer_horizon_than_the_next():
    seconds = [rate_limiter.HORIZONS[priority] for priority in Priority]
    assert seconds == sorted(seconds, reverse=True) and len(set(seconds)) == len(Priority)
    assert max(seconds) < rate_limiter.MAX_WAIT_SECONDS, "no worker keeps a row for long"


@pytest.mark.parametrize("allowed", [25.0, 100.0])
def test_no_second_sees_more_calls_than_are_allowed(allowed):
    burst, steady = allowed * rate_limiter.BURST_SHARE, allowed * (1 - rate_limiter.BURST_SHARE)
    assert burst + steady <= allowed


def test_a_pause_that_the_provider_asks_for_stops_the_connection(connection, customer, server):
    server.faults = {1: {"before": Throttled("too fast", after=600)}}
    sync = push(connection, Kind.CUSTOMER, customer.id)
    assert (sync.state, sync.attempts) == ("sending", 0)
    other = push(connection, Kind.CUSTOMER, CustomerFactory(environment=connection.environment).id)
    assert (other.state, other.attempts) == ("sending", 0)
    assert server.operations() == ["people.create"], "all calls of the connection wait, not only that one"
    assert (other.next_attempt_at - timezone.now()).total_seconds() > 500


def test_a_short_pause_is_waited_out(connection, customer, server):
    server.faults = {1: {"before": Throttled("too fast", after=0.2)}}
    sync = push(connection, Kind.CUSTOMER, customer.id)
    assert (sync.state, sync.attempts) == ("done", 1)
    with server.state() as state:
        first, second = state["calls"][:2]
    assert first == second, "the same call, under the same key"


def test_without_redis_each_process_takes_its_share(connection, customer, server, settings, caplog):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    asked = []
    with registered(
        replace(acme.provider(server), calls_per_second=lambda livemode: asked.append(livemode) or 1000.0)
    ):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        allowed = rate_limiter.calls_per_second(connection) / rate_limiter.ASSUMED_PROCESSES
        assert rate_limiter.limit(allowed).per_second == 1000 * 0.96 / 8
    assert sync.state == "done" and set(asked) == {False}
    assert "rate_limit_not_shared" in caplog.text and "1/8" in caplog.text


class TestPriority:
    def test_of_a_person_is_given_to_the_waiting_row(self, connection, customer):
        from django.db import transaction

        with transaction.atomic():
            staged = syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)
            assert staged.priority == Priority.SYNC
            syncs.request(
                connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id, started_by="Ada"
            )
            syncs.stage(
                connection_id=connection.id,
                kind=Kind.CUSTOMER,
                entity_id=customer.id,
                priority=Priority.BACKFILL,
            )
        assert OutboundSync.objects.get().priority == Priority.PERSON
