"""Mappings inside a unit of work: no statement misses those that wait, and none leaves a stale one known."""

import pytest
from django.db import connection as database
from django.db import transaction

from billing.events import Kind
from billing.persistence.prefetch import Prefetch
from billing.persistence.unit_of_work import unit_of_work
from integrations.mappings import entity_mappings
from integrations.mappings.session import MappingSession
from integrations.models import EntityMapping

TABLE = EntityMapping._meta.db_table


@pytest.fixture
def session(connection):
    """The mappings of an open unit of work, in which no other transaction can link peo_1."""
    session = MappingSession(connection.id)
    session.load(["peo_1"], locked=["peo_1"])
    with unit_of_work(connection.environment_id, Prefetch(), participants=[session]):
        yield session


def entity_ids():
    with database.connection.cursor() as cursor:
        return cursor.execute(f"select entity_id from {TABLE}").fetchall()


def test_one_that_waits_is_seen_by_every_statement(session):
    session.link(Kind.CUSTOMER, "cust_1", "peo_1")
    assert entity_ids() == [("cust_1",)]
    session.link(Kind.CUSTOMER, "cust_2", "peo_2")
    assert EntityMapping.objects.count() == 2


def test_one_that_another_statement_changed_is_looked_up_again(session):
    session.link(Kind.CUSTOMER, "cust_1", "peo_1")
    with database.cursor() as cursor:
        cursor.execute(f"update {TABLE} set entity_id = 'cust_2'")
    assert session.entity_id_of(Kind.CUSTOMER, "peo_1") == "cust_2"
    EntityMapping.objects.update(entity_id="cust_3")
    assert session.entity_id_of(Kind.CUSTOMER, "peo_1") == "cust_3"


def test_one_that_another_statement_made_is_found(session, connection):
    assert session.entity_id_of(Kind.CUSTOMER, "peo_1") is None
    entity_mappings.link(
        connection_id=connection.id, kind=Kind.CUSTOMER, entity_id="cust_1", provider_id="peo_1"
    )
    assert session.entity_id_of(Kind.CUSTOMER, "peo_1") == "cust_1"


def test_what_was_noted_of_one_stays_known_where_a_statement_lets_it_be_written(session, connection):
    entity_mappings.link(
        connection_id=connection.id, kind=Kind.CUSTOMER, entity_id="cust_1", provider_id="peo_1"
    )
    session.annotate(Kind.CUSTOMER, "cust_1", {"first": 1})
    assert EntityMapping.objects.get().metadata == {"first": 1}
    assert session.notes_of(Kind.CUSTOMER, "peo_1") == {"first": 1}
    session.annotate(Kind.CUSTOMER, "cust_1", {"second": 2})
    assert session.notes_of(Kind.CUSTOMER, "peo_1") == {"first": 1, "second": 2}


def test_one_that_was_rolled_back_is_not_written(session):
    with transaction.atomic():
        session.link(Kind.CUSTOMER, "cust_1", "peo_1")
        transaction.set_rollback(True)
    assert session.entity_id_of(Kind.CUSTOMER, "peo_1") is None
    assert entity_ids() == []
