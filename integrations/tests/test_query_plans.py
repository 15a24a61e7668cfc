"""Workers find their rows of the inbox and the mappings through an index, however many rows are settled."""

import re
from datetime import timedelta

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks import ballast
from billing.events import Kind
from billing.models import Environment
from integrations import sweep
from integrations.inbox import claim, retention
from integrations.mappings import entity_mappings
from integrations.mappings.session import MappingSession
from integrations.metrics import InboxAndOutbox
from integrations.reconcile.catch_up import endpoint, summary
from integrations.testing import make_connection, store
from integrations.tests.test_inbox import event
from integrations.webhooks import event_store

ROWS, PENDING = 20_000, 20
BIG = re.compile(r"Seq Scan on (integrations_inboundevent|integrations_entitymapping)")


@pytest.fixture
def full(db, server):
    """A connection with many settled events and mappings, and a few events that wait."""
    connection = make_connection(Environment.objects.create(name="Full").id, "acme")
    ballast.load(database.connection, connection.id, ROWS, ROWS)
    for number in range(PENDING):
        store(connection, event(number, id=f"peo_{number}"))
    with database.cursor() as cursor:
        # What earlier tests have rolled back makes indexes look larger than they are.
        cursor.execute("REINDEX TABLE integrations_inboundevent")
        cursor.execute("REINDEX TABLE integrations_entitymapping")
        cursor.execute("ANALYZE")
    return connection


# Each query, and the index that was made for it.
QUERIES = {
    "the claim of a batch": (lambda c: claim.many(timezone.now(), 300), "inbound_pending"),
    "the claim of one event": (lambda c: claim.one(f"evt_{7:026d}", timezone.now()), "inboundevent_pkey"),
    "the sweep": (lambda c: sweep.sweep(timezone.now(), lambda *_, **__: True), "inbound_pending"),
    "pruning": (lambda c: retention.prune(timezone.now(), days=365), "inbound_prunable"),
    "the entity of an object": (
        lambda c: entity_mappings.entity_id_of(c.id, Kind.CUSTOMER, "customer_old60"),
        "provide",
    ),
    "the object of an entity": (
        lambda c: entity_mappings.provider_id_of(c.id, Kind.CUSTOMER, f"customer_{60:026d}"),
        "mapping_of_ours",
    ),
    "the mappings of a batch": (
        lambda c: MappingSession(c.id).load([f"customer_old{6 * n}" for n in range(300)]),
        "provide",
    ),
    "what webhooks have missed": (
        lambda c: summary.missed_since(c, timezone.now() - timedelta(days=1)),
        "inbound_polled",
    ),
    "whether webhooks are silent": (lambda c: endpoint.silent_since(c, timezone.now()), "inbound_polled"),
    "what of a page is here": (lambda c: event_store.insert_polled(c.id, [event(7)], timezone.now()), "once"),
    "the metrics": (lambda c: list(InboxAndOutbox().collect()), "inbound_prunable"),
    "a new mapping": (lambda c: link(c.id), "provide"),
}


def link(connection_id):
    entity_mappings.link(
        connection_id=connection_id, kind=Kind.CUSTOMER, entity_id="cust_new", provider_id="cus_new"
    )


def test_no_table_is_read_from_end_to_end(full):
    for name, (run, index) in QUERIES.items():
        with transaction.atomic():
            with CaptureQueriesContext(database) as captured:
                run(full)
            plans = "\n".join(plan(query["sql"]) for query in captured.captured_queries)
            transaction.set_rollback(True)
        assert BIG.search(plans) is None, (name, plans)
        assert re.search(rf"(using|Index Scan on) \w*{index}", plans), (name, plans)


def plan(sql):
    """How PostgreSQL executes a statement; "" for one that has no plan."""
    if not re.match(r"SELECT|INSERT|UPDATE|DELETE|WITH", sql.strip()):
        return ""
    with database.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
