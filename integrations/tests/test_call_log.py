"""A worker that has lost the lease of a row writes nothing more of it, whichever statement it sends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.db.leases import LeaseLost
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
def entity(connection):
    return Kind.CUSTOMER, CustomerFactory(environment=connection.environment).id


@pytest.fixture
def leased(connection, entity, now):
    """A row that this worker has claimed, and a call that it has recorded for it."""
    sync = syncs.stage(connection_id=connection.id, kind=entity[0], entity_id=entity[1], now=now)
    claimed = leases.claim(sync.id, now)
    call = a_call(claimed, "person", now)
    call_log_sql.add(claimed, call, now)
    return claimed, call


@pytest.fixture
def lost(leased, now):
    """The same, after another worker has taken the row over."""
    later = now + leases.length() + timedelta(seconds=1)
    taken = leases.claim(leased[0].id, later)
    assert taken.lease_holder != leased[0].lease_holder
    return leased


def a_call(sync, step, now):
    call = OutboundCall(sync=sync, step=step, operation="people.create", params={}, idempotency_key=step)
    call.started_at = call.key_used_at = now
    return call


def test_no_call_is_begun(lost, entity, now):
    sync, _ = lost
    with pytest.raises(LeaseLost):
        call_log_sql.add(sync, a_call(sync, "second", now), now)
    assert call_log_sql.add_first(sync, a_call(sync, "third", now), (Kind.PLAN, "plan_1"), now) is False
    assert list(OutboundCall.objects.values_list("step", flat=True)) == ["person"]


def test_no_answer_is_recorded(lost, connection, entity, now):
    sync, call = lost
    entity_mappings.link(
        connection_id=connection.id, kind=entity[0], entity_id=entity[1], provider_id="peo_1"
    )
    for notes in (None, (entity, {"stage": "mine"})):
        with pytest.raises(LeaseLost):
            call_log_sql.finish(sync, call, ANSWER, now, notes)
    call.refresh_from_db()
    assert (call.state, call.answer) == (CallState.CALLING, None)
    assert entity_mappings.notes_of(connection.id, *entity) == {}


def test_no_counterpart_is_linked(lost, connection, entity, now):
    sync, call = lost
    assert call_log_sql.finish_and_link(sync, call, ANSWER, now, (entity, {"stage": "mine"})) is None
    assert entity_mappings.provider_id_of(connection.id, *entity) is None


def test_the_lease_holder_writes_all_of_it(leased, connection, entity, now):
    sync, call = leased
    assert call_log_sql.finish_and_link(sync, call, ANSWER, now, (entity, {"stage": "mine"})) == (
        "peo_9",
        {"stage": "mine"},
        False,
    )
    second = a_call(sync, "second", now)
    assert call_log_sql.add_first(sync, second, (Kind.PLAN, "plan_1"), now) is True
    assert call_log_sql.finish(sync, second, {}, now, (entity, {"stage": "sent"})) == (
        "peo_9",
        {"stage": "sent"},
        False,
    )
    assert set(OutboundCall.objects.values_list("state", flat=True)) == {CallState.DONE}


def test_the_mapping_says_when_it_was_last_sent(leased, connection, entity, now):
    sync, call = leased
    call_log_sql.finish_and_link(sync, call, ANSWER, now, (entity, {"stage": "created"}))
    assert EntityMapping.objects.get().sent_at == now
    later, second = now + timedelta(seconds=1), a_call(sync, "second", now)
    call_log_sql.add(sync, second, now)
    call_log_sql.finish(sync, second, {}, later, (entity, {"stage": "sent"}))
    assert EntityMapping.objects.get().sent_at == later
