"""The circuit breaker: a broken connection says why, costs no attempts, is probed and recovers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations import sweep
from integrations.connections import credentials, health, manage
from integrations.errors import Rejected, Unreachable
from integrations.gateway import circuit_breaker
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.testing import push
from integrations.tests.factories import CustomerFactory
from integrations.tests.workers import empty_broker

REVOKED = Rejected("key test_0123456789abcd is revoked", connection_is_broken=True)
DOWN = Unreachable("no answer")


@pytest.fixture(autouse=True)
def _no_failures_counted():
    empty_broker()


def sent(connection, number):
    """Pushes of ``number`` new customers."""
    rows = [CustomerFactory(environment=connection.environment) for _ in range(number)]
    return [push(connection, Kind.CUSTOMER, row.id) for row in rows]


def down(server):
    """Acme stops answering."""
    server.refusal = DOWN
    server.faults = {n: {"before": DOWN} for n in range(1, 500)}


def up(server):
    server.refusal, server.faults = None, {}


@pytest.fixture
def broken(connection, server):
    """The connection while Acme is down, after that was noticed."""
    down(server)
    sent(connection, circuit_breaker.MAX_FAILURES)
    connection.refresh_from_db()
    return connection


class TestAProviderThatIsDown:
    def test_breaks_the_connection_after_some_failures_in_a_row(self, connection, server):
        down(server)
        before = timezone.now()
        sent(connection, circuit_breaker.MAX_FAILURES - 1)
        connection.refresh_from_db()
        assert connection.status == "active"
        sent(connection, 1)
        connection.refresh_from_db()
        assert (connection.status, connection.status_reason) == ("broken", "no answer")
        assert connection.status_since >= before and connection.next_probe_at > connection.status_since

    def test_is_not_broken_when_a_call_works_in_between(self, connection, server):
        for _ in range(2):
            down(server)
            sent(connection, circuit_breaker.MAX_FAILURES - 1)
            up(server)
            assert sent(connection, 1)[0].state == "done"
        connection.refresh_from_db()
        assert connection.status == "active"

    def test_lets_work_wait_without_attempts(self, broken, server):
        asked = len(server.operations())
        assert {sync.state for sync in sent(broken, 20)} == {"pending"}
        assert len(server.operations()) == asked
        last = OutboundSync.objects.filter(state="sending").latest("created_at")
        assert last.attempts == 0, "the push that met the broken connection does not count the attempt"

    def test_is_followed_by_all_the_work_when_it_is_up_again(self, broken, server):
        sent(broken, 3)
        up(server)
        health.probe(broken.id, broken.next_probe_at)
        broken.refresh_from_db()
        assert (broken.status, broken.status_reason, broken.next_probe_at) == ("active", "", None)
        later = timezone.now() + timedelta(hours=1)
        notified = []
        sweep.sweep(later, lambda _task, *ids, **_options: notified.extend(ids) or True)
        for sync_id in notified:
            worker.deliver(sync_id, now=later)
        assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}


class TestAProbe:
    def test_is_due_for_broken_connections_only(self, broken):
        assert health.due(timezone.now()) == []
        assert health.due(broken.next_probe_at) == [broken.id]
        manage.pause(broken)
        assert health.due(timezone.now() + timedelta(days=1)) == []

    def test_is_sent_by_the_sweep(self, broken):
        notified = []
        sweep.sweep(broken.next_probe_at, lambda *message, **_options: notified.append(message) or True)
        assert notified == [("integrations.probe", broken.id)]

    def test_is_made_by_one_worker_only(self, broken):
        due = broken.next_probe_at
        assert circuit_breaker.claim_probe(broken.id, due) == broken
        assert circuit_breaker.claim_probe(broken.id, due) is None

    def test_comes_after_longer_and_longer_pauses(self, broken):
        pauses = []
        for _ in range(8):
            due = broken.next_probe_at
            health.probe(broken.id, due)
            broken.refresh_from_db()
            pauses.append((broken.next_probe_at - due).total_seconds())
        assert pauses == [10, 20, 40, 80, 160, 300, 300, 300]

    def test_shows_the_newest_reason(self, broken, server):
        server.refusal = REVOKED
        health.probe(broken.id, broken.next_probe_at)
        broken.refresh_from_db()
        assert (broken.status, broken.status_reason) == ("broken", "key ****abcd is revoked")

    def test_is_passed_by_a_key_that_may_not_read_its_account(self, broken, server):
        server.refusal = Rejected("may not read the account")
        health.probe(broken.id, broken.next_probe_at)
        broken.refresh_from_db()
        assert broken.status == "active"

    def test_is_not_passed_by_the_key_of_another_account(self, broken, server):
        up(server)
        type(broken).objects.update(account_id="acme_other")
        health.probe(broken.id, broken.next_probe_at)
        broken.refresh_from_db()
        assert broken.status == "broken" and "The key is of account acme_1" in broken.status_reason

    def test_continues_with_its_pauses_when_it_breaks_again_soon(self, broken, server):
        for _ in range(3):
            health.probe(broken.id, broken.next_probe_at)
            broken.refresh_from_db()
        up(server)
        health.probe(broken.id, broken.next_probe_at)
        down(server)
        sent(broken, circuit_breaker.MAX_FAILURES)
        broken.refresh_from_db()
        assert (broken.next_probe_at - broken.status_since).total_seconds() == 80


class TestARevokedKey:
    def test_costs_one_call_and_no_attempt(self, connection, server):
        server.faults = {n: {"before": REVOKED} for n in range(1, 500)}
        syncs = sent(connection, 30)
        assert len(server.operations()) == 1
        assert {sync.attempts for sync in syncs} == {0}
        connection.refresh_from_db()
        assert (connection.status, connection.status_reason) == ("broken", "key ****abcd is revoked")

    def test_that_is_replaced_is_tried_at_once(self, connection, server):
        server.faults, server.refusal = {1: {"before": REVOKED}}, REVOKED
        sync = sent(connection, 1)[0]
        connection.refresh_from_db()
        server.refusal = None
        now = timezone.now()
        credentials.rotate(connection, {"secret_key": "test_another"}, overlap=timedelta(0), now=now)
        health.probe(connection.id, now)
        connection.refresh_from_db()
        assert connection.status == "active"
        worker.deliver(sync.id, now=timezone.now())
        assert OutboundSync.objects.get(pk=sync.id).state == "done"


class TestAPausedConnection:
    def test_does_not_become_broken(self, connection, server):
        manage.pause(connection, "Paused by Ada.")
        circuit_breaker.break_connection(connection, "no answer")
        connection.refresh_from_db()
        assert (connection.status, connection.status_reason) == ("paused", "Paused by Ada.")


class TestOneRowThatFailsForever:
    def test_is_dead_in_the_end_and_leaves_the_connection_working(self, connection, server):
        server.faults = {n: {"before": DOWN} for n in range(1, 500)}
        row = sent(connection, 1)[0]
        now = timezone.now()
        for _ in range(30):
            now += timedelta(hours=2)
            health.probe(connection.id, now)
            worker.deliver(row.id, now=now)
        row.refresh_from_db()
        assert (row.state, row.attempts) == ("dead", 12)
        server.faults = {}
        health.probe(connection.id, now + timedelta(hours=2))
        assert sent(connection, 1)[0].state == "done"
