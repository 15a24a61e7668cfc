"""The outbox: a push is staged with its change and delivered once, whatever dies on the way."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Change, Kind, announce
from integrations.errors import Rejected, Retry
from integrations.models import EntityMapping, OutboundSync
from integrations.outbox import dry_run, syncs, worker
from integrations.testing import push
from integrations.tests.acme_server import Killed
from integrations.tests.factories import CustomerFactory

STEPS = ["people.create", "tags.create", "letters.create"]


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


class TestDelivery:
    def test_makes_each_call_once_and_records_it(self, connection, customer, server):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        assert (sync.state, sync.step, sync.attempts) == ("done", "welcome", 1)
        assert server.operations() == STEPS
        calls = list(sync.calls.values_list("step", "state", "request_id"))
        assert calls == [("create", "done", "req_1"), ("tag", "done", "req_2"), ("welcome", "done", "req_3")]
        mapping = EntityMapping.objects.get(entity_id=customer.id)
        assert (mapping.provider_entity_id, mapping.metadata) == ("peo_1", {"tag": "tag_2", "sent": "digest"})
        assert mapping.sent_fingerprint == "digest"

    @pytest.mark.parametrize("call", [1, 2, 3])
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("fault", [Killed(), Retry("timeout"), RuntimeError("odd")])
    def test_survives_a_failure_at_each_call(self, connection, customer, server, call, when, fault):
        server.faults = {call: {when: fault}}
        now = timezone.now()
        try:
            sync = push(connection, Kind.CUSTOMER, customer.id, now)
        except Killed:
            sync = OutboundSync.objects.get()
        assert sync.state == "sending"
        customer.name = "Changed meanwhile"
        customer.save()
        worker.deliver(sync.id, now=now)
        assert len(server.operations()) == call, "there is no attempt before its time"
        worker.deliver(sync.id, now=now + timedelta(minutes=5))
        sync.refresh_from_db()
        assert (sync.state, sync.last_error) == ("done", "")
        assert [len(server.objects(noun)) for noun in ("peo", "tag", "let")] == [1, 1, 1]
        assert EntityMapping.objects.count() == 1

    def test_is_blocked_by_a_refusal_and_continues_after_a_retry(self, connection, customer, server):
        server.faults = {2: {"before": Rejected("no such tag")}}
        sync = push(connection, Kind.CUSTOMER, customer.id)
        assert (sync.state, sync.last_error, sync.step) == ("blocked", "no such tag", "create")
        again = syncs.retry(sync.id, timezone.now())
        worker.deliver(again.id, now=timezone.now())
        sync.refresh_from_db()
        assert (again.id, sync.state) == (sync.id, "done")
        keys = list(sync.calls.filter(step="tag").values_list("state", "idempotency_key"))
        assert [state for state, _ in keys] == ["refused", "done"]
        assert keys[0][1] != keys[1][1], "a changed intent is a new key"

    def test_is_dead_after_twelve_attempts(self, connection, customer, server):
        server.faults = {n: {"before": Retry("down")} for n in range(1, 20)}
        now = timezone.now()
        sync = push(connection, Kind.CUSTOMER, customer.id, now)
        for _ in range(11):
            now += timedelta(hours=2)
            worker.deliver(sync.id, now=now)
        sync.refresh_from_db()
        assert (sync.state, sync.attempts, sync.last_error) == ("dead", 12, "down")

    def test_repeats_the_unanswered_call_of_a_cancelled_push(self, connection, customer, server):
        server.faults = {1: {"after": Killed()}}
        with pytest.raises(Killed):
            push(connection, Kind.CUSTOMER, customer.id)
        lost = OutboundSync.objects.get()
        syncs.cancel(lost.id, timezone.now() + timedelta(minutes=5))
        customer.name = "Changed meanwhile"
        customer.save()
        sync = push(connection, Kind.CUSTOMER, customer.id)
        assert (sync.state, len(server.objects("peo"))) == ("done", 1)
        newer = OutboundSync.objects.get(state="pending")
        worker.deliver(newer.id, now=timezone.now())
        assert server.objects("peo")[0]["name"] == "Changed meanwhile"

    def test_repeats_a_call_as_it_was_and_then_sends_what_is_newer(self, connection, customer, server):
        server.faults = {1: {"after": Retry("lost answer")}}
        now = timezone.now()
        sync = push(connection, Kind.CUSTOMER, customer.id, now)
        customer.name = "Newer"
        customer.save()
        worker.deliver(sync.id, now=now + timedelta(minutes=5))
        assert [person["name"] for person in server.objects("peo")] == ["Ada"]
        newer = OutboundSync.objects.get(state="pending")
        worker.deliver(newer.id, now=now + timedelta(minutes=6))
        assert [person["name"] for person in server.objects("peo")] == ["Newer"]
        assert not OutboundSync.objects.exclude(state="done").exists()

    def test_waits_for_a_broken_connection(self, connection, customer, server):
        server.faults = {
            1: {"before": Rejected("key test_0123456789abcd is revoked", connection_is_broken=True)}
        }
        sync = push(connection, Kind.CUSTOMER, customer.id)
        connection.refresh_from_db()
        assert (connection.status, connection.status_reason) == ("broken", "key ****abcd is revoked")
        assert (sync.state, sync.attempts) == ("sending", 0)
        worker.deliver(sync.id, now=timezone.now() + timedelta(hours=1))
        assert len(server.operations()) == 1

    def test_is_blocked_when_the_provider_is_gone(self, connection, customer):
        connection.provider = "gone"
        connection.save()
        sync = push(connection, Kind.CUSTOMER, customer.id)
        assert (sync.state, sync.last_error) == ("blocked", "FlexSync has no way to send customers to gone.")

    def test_is_taken_over_and_the_first_worker_writes_nothing_more(self, connection, customer, server):
        now = timezone.now()

        def slow(operation, params, **rest):
            del server.call
            worker.deliver(OutboundSync.objects.get().id, now=now + timedelta(minutes=5))
            return server.call(operation, params, **rest)

        server.call = slow
        sync = push(connection, Kind.CUSTOMER, customer.id, now)
        assert (sync.state, sync.attempts) == ("done", 2)
        assert len(server.objects("peo")) == 1
        assert sync.calls.count() == 3


class TestAnnouncement:
    def announce(self, customer, origin=None):
        announce(Change(Kind.CUSTOMER, customer.id, customer.environment_id, origin))

    def test_stages_one_push_for_many_changes(self, connection, customer):
        self.announce(customer)
        self.announce(customer)
        assert OutboundSync.objects.get().entity_id == customer.id

    def test_is_not_echoed_to_where_it_came_from(self, connection, customer):
        self.announce(customer, origin=connection.id)
        assert not OutboundSync.objects.exists()

    def test_stages_nothing_while_the_switch_is_off(self, connection, customer):
        connection.customer_outbound_enabled = False
        connection.save()
        self.announce(customer)
        assert not OutboundSync.objects.exists()

    @pytest.mark.parametrize(("status", "rows"), [("paused", 1), ("broken", 1), ("archived", 0)])
    def test_waits_for_connections_that_do_not_work_now(self, connection, customer, status, rows):
        connection.status = status
        connection.save()
        self.announce(customer)
        assert OutboundSync.objects.count() == rows

    def test_stays_within_its_environment(self, connection):
        self.announce(CustomerFactory())
        assert not OutboundSync.objects.exists()


class TestDryRun:
    def test_lists_the_calls_and_changes_nothing(self, connection, customer, server):
        planned = dry_run.plan(connection, Kind.CUSTOMER, customer.id)
        assert [(call.step, call.operation, call.target) for call in planned] == [
            ("create", "people.create", None),
            ("tag", "tags.create", None),
            ("welcome", "letters.create", None),
        ]
        assert planned[1].params == {"of": "<id of the new customer>"}
        assert not OutboundSync.objects.exists()
        assert server.operations() == []

    def test_says_which_calls_it_would_skip(self, connection, customer, server):
        push(connection, Kind.CUSTOMER, customer.id)
        planned = dry_run.plan(connection, Kind.CUSTOMER, customer.id)
        assert (planned[0].step, planned[0].skipped) == ("create", "they have it already")
        assert (planned[1].operation, planned[1].target) == ("people.update", "peo_1")
