"""Who lost the lease of a row writes nothing more of it, whichever statement it is about to send."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.mappings import entity_mappings
from integrations.models import EntityMapping, OutboundCall
from integrations.models.outbound import CallState
from integrations.outbox import call_log_sql, leases, syncs
from integrations.tests.factories import CustomerFactory

ANSWER = {"id": "peo_9"}


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def pair(connection):
    return Kind.CUSTOMER, CustomerFactory(environment=connection.environment).id


@pytest.fixture
def mine(connection, pair, now):
    """A row that this worker claimed, and has made a call for."""
    sync = syncs.stage(connection_id=connection.id, kind=pair[0], entity_id=pair[1], now=now)
    claimed = leases.claim(sync.id, now)
    call = a_call(claimed, "person", now)
    call_log_sql.add(claimed, call, now)
    return claimed, call


@pytest.fixture
def lost(mine, now):
    """The same, after another worker has taken it over."""
    later = now + leases.length() + timedelta(seconds=1)
    taken = leases.claim(mine[0].id, later)
    assert taken.lease_holder != mine[0].lease_holder
    return mine


def a_call(sync, step, now):
    call = OutboundCall(sync=sync, step=step, operation="people.create", params={}, idempotency_key=step)
    call.started_at = call.key_used_at = now
    return call


def test_no_call_is_begun(lost, pair, now):
    sync, _ = lost
    with pytest.raises(leases.LeaseLost):
        call_log_sql.add(sync, a_call(sync, "second", now), now)
    assert call_log_sql.add_first(sync, a_call(sync, "third", now), (Kind.PLAN, "plan_1"), now) is False
    assert list(OutboundCall.objects.values_list("step", flat=True)) == ["person"]


def test_no_answer_is_recorded(lost, connection, pair, now):
    sync, call = lost
    entity_mappings.link(connection_id=connection.id, kind=pair[0], entity_id=pair[1], provider_id="peo_1")
    for noted in (None, (pair, {"stage": "mine"})):
        with pytest.raises(leases.LeaseLost):
            call_log_sql.finish(sync, call, ANSWER, now, noted)
    call.refresh_from_db()
    assert (call.state, call.answer) == (CallState.CALLING, None)
    assert entity_mappings.noted(connection.id, *pair) == {}


def test_no_twin_is_linked(lost, connection, pair, now):
    sync, call = lost
    assert call_log_sql.finish_and_link(sync, call, ANSWER, now, (pair, {"stage": "mine"})) is None
    assert entity_mappings.provider_id_of(connection.id, *pair) is None


def test_all_of_it_is_written_by_the_holder(mine, connection, pair, now):
    sync, call = mine
    assert call_log_sql.finish_and_link(sync, call, ANSWER, now, (pair, {"stage": "mine"})) == (
        "peo_9",
        {"stage": "mine"},
    )
    second = a_call(sync, "second", now)
    assert call_log_sql.add_first(sync, second, (Kind.PLAN, "plan_1"), now) is True
    assert call_log_sql.finish(sync, second, {}, now, (pair, {"stage": "told"})) == (
        "peo_9",
        {"stage": "told"},
    )
    assert set(OutboundCall.objects.values_list("state", flat=True)) == {CallState.DONE}


def test_the_pair_tells_when_it_was_last_sent(mine, connection, pair, now):
    sync, call = mine
    call_log_sql.finish_and_link(sync, call, ANSWER, now, (pair, {"stage": "made"}))
    assert EntityMapping.objects.get().sent_at == now
    later, second = now + timedelta(seconds=1), a_call(sync, "second", now)
    call_log_sql.add(sync, second, now)
    call_log_sql.finish(sync, second, {}, later, (pair, {"stage": "told"}))
    assert EntityMapping.objects.get().sent_at == later
