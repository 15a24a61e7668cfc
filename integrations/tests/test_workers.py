"""Inbox and outbox with a real worker and a real broker, either of which may be lost."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_celery_results.models import TaskResult

from billing.events import Kind
from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations import sweep
from integrations.models import EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import syncs
from integrations.tests.factories import CustomerFactory
from integrations.tests.test_webhook import PERSON, post
from integrations.tests.workers import empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)
ACME = ["integrations.tests.acme_worker"]


@pytest.fixture(autouse=True)
def _clean_broker():
    empty_broker()
    yield
    empty_broker()


@pytest.fixture
def acme_worker(tmp_path, server):
    def start(**more):
        return worker(tmp_path, include=ACME, environment={"ACME_FOLDER": str(tmp_path)} | more)

    return start


def test_work_goes_both_ways(connection, server, acme_worker):
    with acme_worker() as running:
        made = customers.create(environment_id=connection.environment_id, facts=CustomerFacts(name="Ada"))
        post(PERSON)
        until(lambda: OutboundSync.objects.filter(state="done").exists(), "delivered", running.log)
        until(lambda: InboundEvent.objects.filter(state="applied").exists(), "applied", running.log)
    assert EntityMapping.objects.get(entity_id=made.id).provider_entity_id == "peo_1"
    assert Customer.objects.filter(name="Grace").count() == 1
    assert server.operations() == ["people.create", "tags.create", "letters.create"]


def test_the_sweep_finishes_what_the_broker_lost(connection, server, acme_worker):
    customer = CustomerFactory(environment=connection.environment)
    with transaction.atomic():
        syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)
    post(PERSON)
    empty_broker()
    assert sweep.sweep(timezone.now()) == {"probes": 0, "runs": 0, "inbox": 0, "outbox": 0}, (
        "their messages are not lost yet"
    )
    later = timezone.now() + timedelta(seconds=16)
    assert sweep.sweep(later) == {"probes": 0, "runs": 0, "inbox": 1, "outbox": 1}
    assert sweep.sweep(later) == {"probes": 0, "runs": 0, "inbox": 0, "outbox": 0}, (
        "two sweeps do not pile up"
    )
    with acme_worker() as running:
        until(lambda: OutboundSync.objects.filter(state="done").exists(), "delivered", running.log)
        until(lambda: InboundEvent.objects.filter(state="applied").exists(), "applied", running.log)
    assert len(server.objects("peo")) == 1


def test_a_killed_workers_row_is_taken_over(connection, server, acme_worker):
    customer = CustomerFactory(environment=connection.environment)
    with acme_worker(ACME_DIES_AT="2", OUTBOX_LEASE_SECONDS="1") as first:
        with transaction.atomic():
            sync = syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id)
        first.wait_for_exit()
    sync.refresh_from_db()
    assert (sync.state, sync.step) == ("sending", "create")
    empty_broker()
    until(lambda: timezone.now() > sync.leased_until, "the lease has run out")
    sweep.sweep(timezone.now() + timedelta(seconds=16))
    with acme_worker() as second:
        until(lambda: OutboundSync.objects.filter(state="done").exists(), "delivered", second.log)
    assert [len(server.objects(noun)) for noun in ("peo", "tag", "let")] == [1, 1, 1]


def test_the_result_of_a_requested_sync_says_who_started_it_and_how_it_ended(connection, acme_worker):
    customer = CustomerFactory(environment=connection.environment)
    with transaction.atomic():
        sync = syncs.request(
            connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=customer.id, started_by="ada"
        )
    kept = TaskResult.objects.filter(task_id=sync.id)
    with acme_worker() as running:
        until(kept.filter(result__contains='"state": "done"').exists, "its result is kept", running.log)
    assert '"started_by": "ada"' in kept.get().result
    assert customer.id in kept.get().result
