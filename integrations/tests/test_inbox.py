"""The inbox: each event is applied once, in its object's own order, and its failure is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError
from django.utils import timezone

from billing.models import Customer
from integrations.errors import Rejected
from integrations.inbox import processing
from integrations.inbox.outcomes import DIES
from integrations.inbox.replays import preview_one
from integrations.models import EntityMapping
from integrations.provider_api import Envelope, Route
from integrations.testing import ScriptedGateway, receive, registered, store
from integrations.tests import acme

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def event(number=1, name="Grace", *, at=NOON, type="person.changed", livemode=False, **data):
    payload = {"id": "peo_9", "name": name} | data
    return Envelope(f"evt_{number}", type, payload["id"], at, "1", livemode, payload, 0)


class TestApplying:
    def test_runs_the_handler_and_settles_the_row(self, connection):
        row = receive(connection, event())
        assert (row.state, row.reason, row.attempts) == ("applied", "", 1)
        customer = Customer.objects.get()
        assert (customer.name, customer.environment_id) == ("Grace", connection.environment_id)
        assert EntityMapping.objects.get().entity_id == customer.id

    def test_happens_once_however_often_the_task_runs(self, connection):
        row = receive(connection, event())
        processing.process(row.id, timezone.now())
        assert Customer.objects.count() == 1

    def test_knows_other_spellings_of_an_event(self, connection):
        assert receive(connection, event(type="human.changed")).state == "applied"

    def test_ignores_what_has_no_handler(self, connection):
        row = receive(connection, event(type="moon.risen"))
        assert (row.state, row.reason) == ("ignored", "no handler for moon.risen")

    @pytest.mark.parametrize(
        ("type", "switch"),
        [("person.changed", "customer_inbound_enabled"), ("payment.made", "payment_inbound_enabled")],
    )
    def test_ignores_what_is_switched_off(self, connection, type, switch):
        setattr(connection, switch, False)
        connection.save()
        row = receive(connection, event(type=type))
        assert (row.state, row.reason) == ("ignored", f"{switch} is off for this connection")
        assert not Customer.objects.exists()
        setattr(connection, switch, True)
        connection.save()
        processing.replay([row.id], timezone.now())
        processing.process(row.id, timezone.now())
        row.refresh_from_db()
        assert row.state == "applied"

    def test_refuses_the_other_mode(self, connection):
        row = receive(connection, event(livemode=True))
        assert row.state == "dead"
        assert row.reason.startswith("The event is of live mode, but the connection's key is of test mode.")

    @pytest.mark.parametrize(
        ("status", "state"),
        [("active", "applied"), ("broken", "applied"), ("paused", "pending"), ("archived", "ignored")],
    )
    def test_waits_while_the_connection_is_paused(self, connection, status, state):
        row = store(connection, event())
        connection.status = status
        connection.save()
        processing.process(row.id, timezone.now())
        row.refresh_from_db()
        assert row.state == state

    def test_outlives_a_provider_that_was_removed(self, connection):
        connection.provider = "gone"
        connection.save()
        row = receive(connection, event())
        expected = "This version of FlexSync has no provider 'gone'. Install the version that has it, "
        assert (row.state, row.reason) == ("dead", expected + "then replay the event.")


class TestAFailure:
    @pytest.mark.parametrize(
        ("trouble", "state", "reason"),
        [
            ("retry", "pending", f"waits for something {DIES}"),
            ("bug", "pending", f"KeyError: 'bug' {DIES}"),
            ("rejected", "dead", "never"),
        ],
    )
    def test_is_kept_after_the_rollback(self, connection, trouble, state, reason):
        row = receive(connection, event(trouble=trouble), NOON)
        assert (row.state, row.reason, row.attempts) == (state, reason, 1)
        assert (row.next_attempt_at is None) is (state == "dead")
        assert not Customer.objects.exists()

    def test_is_tried_again_only_when_it_is_due(self, connection):
        row = receive(connection, event(trouble="retry"), NOON)
        assert NOON < row.next_attempt_at <= NOON + timedelta(seconds=2)
        processing.process(row.id, NOON)
        row.refresh_from_db()
        assert row.attempts == 1

    def test_is_final_after_fifteen_attempts(self, connection):
        row = receive(connection, event(trouble="bug"), NOON)
        for hours in range(2, 30, 2):
            processing.process(row.id, NOON + timedelta(hours=hours))
        row.refresh_from_db()
        assert (row.state, row.attempts, row.reason) == (
            "dead",
            15,
            "Given up after 15 attempts: KeyError: 'bug'",
        )

    def test_can_be_replayed(self, connection):
        row = receive(connection, event(trouble="rejected"), NOON)
        assert processing.replay([row.id], NOON) == 1
        row.refresh_from_db()
        assert (row.state, row.attempts, row.reason) == ("pending", 0, "")


def failing(connection, server, failure, *, asks=False):
    """An event whose handler, or the call that it asks for, fails in that way."""

    def handle(inbound, _payload):
        if not asks:
            raise failure
        inbound.look_up("people.list", "", {})

    gateway = ScriptedGateway({"people.list": failure})
    routes = {"person.changed": Route(handle, "customer_inbound_enabled")}
    acme_failing = replace(
        acme.provider(server), slug="failing", routes=routes, open_gateway=lambda _credentials: gateway
    )
    connection.provider = "failing"
    connection.save()
    return registered(acme_failing)


class TestAnyFailure:
    def test_of_a_call_is_the_events_own(self, connection, server):
        with failing(connection, server, IndexError("odd"), asks=True):
            first, second = store(connection, event(1)), store(connection, event(2, id="peo_2"))
            assert processing.process_due(timezone.now(), 10).done == 2
            assert preview_one(first, timezone.now()).reason == f"IndexError: odd {DIES}"
        for row in (first, second):
            row.refresh_from_db()
            assert (row.state, row.attempts, row.reason) == ("pending", 1, f"IndexError: odd {DIES}")

    @pytest.mark.parametrize("failure", [Rejected("a\0b\ud800" + "x" * 5000), DataError("too long")])
    def test_is_dead_with_a_reason_that_can_be_stored(self, connection, server, failure):
        with failing(connection, server, failure):
            row = receive(connection, event())
        assert (row.state, row.attempts) == ("dead", 1)
        assert row.reason.startswith(
            ("a\ufffdb\ufffdxxx", "The database cannot keep a value of the event: too long.")
        )
        assert len(row.reason) <= 2000


class TestOrder:
    def test_an_older_event_is_stale(self, connection):
        receive(connection, event(1, "New", at=NOON))
        row = receive(connection, event(2, "Old", at=NOON - timedelta(seconds=1)))
        assert (row.state, row.reason) == ("ignored", "older than what is known")
        assert Customer.objects.get().name == "New"

    def test_rank_decides_within_a_second(self, connection):
        receive(connection, event(1, "Updated", rank=1))
        assert receive(connection, event(2, "Created", rank=0)).state == "ignored"
        assert receive(connection, event(3, "Updated again", rank=1)).state == "applied"
        assert Customer.objects.get().name == "Updated again"

    def test_a_deletion_is_final(self, connection):
        receive(connection, event(1, "Here"))
        receive(connection, event(2, "Gone", rank=2))
        row = receive(connection, event(3, "Back", at=NOON + timedelta(days=1), rank=1))
        assert row.state == "ignored"

    def test_a_deletion_that_comes_first_is_final_too(self, connection):
        receive(connection, event(1, "Gone", rank=2))
        row = receive(connection, event(2, "Late", at=NOON - timedelta(seconds=5)))
        assert row.state == "ignored"
        assert not Customer.objects.exists()
