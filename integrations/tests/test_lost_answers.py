"""After a lost answer, a provider without idempotency keys is never called twice by guess."""

from dataclasses import replace

import pytest

from billing.events import Kind
from integrations.connections import manage
from integrations.errors import Rejected, Throttled, Unreachable
from integrations.gateway import guarded
from integrations.models import OutboundCall
from integrations.outbox import syncs, worker
from integrations.provider_api import FOREVER, IdempotencyKeys, Recovery
from integrations.testing import push, registered
from integrations.tests import acme
from integrations.tests.factories import CustomerFactory

LOST = {"after": Unreachable("The answer was lost.")}


@pytest.fixture
def customer(environment):
    return CustomerFactory(environment=environment)


@pytest.fixture
def declaring(server):
    """Registers Acme with another ``recovery``."""

    def register(recovery):
        return registered(replace(acme.provider(server), recovery=recovery))

    return register


def test_nothing_declared_means_no_keys(declaring):
    with declaring(Recovery()) as provider:
        assert provider.recovery.keys is None


def test_without_a_way_to_look_the_push_is_blocked_until_an_operator_retries(
    connection, server, customer, declaring
):
    server.faults = {1: LOST}
    with declaring(Recovery()):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        assert (sync.state, sync.last_error) == ("sending", "The answer was lost.")
        worker.deliver(sync.id, now=sync.next_attempt_at)
        sync.refresh_from_db()
        assert sync.state == "blocked" and server.operations() == ["people.create"]
        assert "was lost" in sync.last_error and "If it was not done, retry this sync" in sync.last_error
        syncs.retry(sync.id, sync.settled_at)
        worker.deliver(sync.id, now=sync.settled_at)
        sync.refresh_from_db()
    assert sync.state == "done" and server.operations().count("people.create") == 2


def test_what_is_found_is_not_made_again(connection, server, customer, declaring):
    def find(gateway, *, operation, params, target, since):
        return server.objects("peo")[0]

    server.faults = {1: LOST}
    with declaring(Recovery(find=find)):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        worker.deliver(sync.id, now=sync.next_attempt_at)
        sync.refresh_from_db()
    assert sync.state == "done" and server.operations().count("people.create") == 1
    assert OutboundCall.objects.get(step="create").detail == (
        "The answer was lost. FlexSync looked at the provider: the call was done."
    )


def test_what_is_not_found_is_made_again_and_looked_for_since_the_first_attempt(
    connection, server, customer, declaring
):
    asked = []

    def find(gateway, *, operation, params, target, since):
        asked.append(since)

    server.faults = {1: LOST, 2: LOST}
    with declaring(Recovery(find=find)):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        for _ in range(2):
            worker.deliver(sync.id, now=sync.next_attempt_at)
            sync.refresh_from_db()
    assert sync.state == "done" and server.operations().count("people.create") == 3
    assert len(asked) == 2 and asked[0] == asked[1]


REVOKED = Rejected("The key was revoked.", connection_is_broken=True)


@pytest.mark.parametrize("refusal", [Throttled("slower", after=0.01), REVOKED])
@pytest.mark.parametrize("times", [1, 3])
def test_a_call_that_was_not_carried_out_is_simply_made(
    connection, server, customer, declaring, monkeypatch, refusal, times
):
    monkeypatch.setattr(guarded, "MAX_TRIES", 1)
    server.faults = {number: {"before": refusal} for number in range(1, times + 1)}
    with declaring(Recovery()):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        for _ in range(times):
            manage.resume(connection)
            worker.deliver(sync.id, now=sync.next_attempt_at)
            sync.refresh_from_db()
    assert sync.state == "done" and len(server.objects("peo")) == 1
    assert sync.calls.filter(step="create").count() == 1


def test_a_lost_answer_is_not_forgotten_when_the_next_attempt_is_too_fast(
    connection, server, customer, declaring, monkeypatch
):
    monkeypatch.setattr(guarded, "MAX_TRIES", 1)

    def find(gateway, *, operation, params, target, since):
        raise Throttled("slower", after=0.01)

    server.faults = {1: LOST}
    with declaring(Recovery(find=find)):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        worker.deliver(sync.id, now=sync.next_attempt_at)
        sync.refresh_from_db()
    with declaring(Recovery()):
        worker.deliver(sync.id, now=sync.next_attempt_at)
        sync.refresh_from_db()
    assert sync.state == "blocked" and server.operations() == ["people.create"]


def test_what_may_be_repeated_is_repeated(connection, server, customer, declaring):
    def push_twice_the_same(outbound):
        outbound.once("update", "people.update", {"name": "Ada"}, target="peo_1", repeatable=True)

    pushes = {Kind.CUSTOMER: replace(acme.provider(server).pushes[Kind.CUSTOMER], push=push_twice_the_same)}
    server.faults = {1: LOST}
    with registered(replace(acme.provider(server), pushes=pushes, recovery=Recovery())):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        worker.deliver(sync.id, now=sync.next_attempt_at)
        sync.refresh_from_db()
    assert sync.state == "done" and server.operations() == ["people.update"] * 2


def test_a_key_that_lasts_is_used_again_without_looking(connection, server, customer, declaring):
    def find(gateway, *, operation, params, target, since):
        raise Rejected("Nothing had to be looked for.")

    server.faults = {1: LOST}
    with declaring(Recovery(keys=IdempotencyKeys(lasting=FOREVER), find=find)):
        sync = push(connection, Kind.CUSTOMER, customer.id)
        worker.deliver(sync.id, now=sync.next_attempt_at)
        sync.refresh_from_db()
    assert sync.state == "done" and len(server.objects("peo")) == 1
