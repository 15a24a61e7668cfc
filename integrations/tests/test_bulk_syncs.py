"""Bulk syncs: a few pushes at a time, paused and cancelled, with a report at the end."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_celery_results.models import TaskResult

from billing.events import Kind
from billing.tests.api_errors import assert_error
from integrations import sweep
from integrations.errors import Rejected
from integrations.models import OutboundSync, SyncRun
from integrations.models.outbound import Priority
from integrations.outbox import bulk_syncs
from integrations.outbox import worker as outbox_worker
from integrations.testing import make_connection
from integrations.tests.factories import CustomerFactory, EnvironmentFactory
from integrations.tests.test_commands import run as command
from integrations.tests.workers import empty_broker, until, worker


@pytest.fixture
def customers(connection):
    return [CustomerFactory(environment=connection.environment).id for _ in range(5)]


@pytest.fixture
def two_at_a_time(monkeypatch):
    monkeypatch.setattr(bulk_syncs, "WINDOW", 2)


def start(connection, customers):
    return bulk_syncs.start(
        connection, Kind.CUSTOMER, customers, choice={"ids": customers}, started_by="ada", now=timezone.now()
    )


def later(seconds=1):
    return timezone.now() + timedelta(seconds=seconds)


def deliver_all():
    for sync in OutboundSync.objects.filter(state="pending"):
        outbox_worker.deliver(sync.id, now=timezone.now())


class TestABulkSync:
    def test_requests_a_few_pushes_at_a_time(self, connection, customers, two_at_a_time):
        run = start(connection, customers)
        bulk_syncs.advance(run.id, later())
        bulk_syncs.advance(run.id, later(2))
        assert bulk_syncs.progress(run) == bulk_syncs.Progress(
            total=5, waiting=3, running=2, done=0, failed=0
        )
        pushed = OutboundSync.objects.values_list("entity_id", "priority", "started_by")
        assert sorted(pushed) == sorted(
            (customer_id, Priority.BACKFILL, "ada") for customer_id in customers[:2]
        )

    def test_continues_until_all_are_settled(self, connection, customers, server, two_at_a_time):
        run = start(connection, customers)
        for round_ in range(4):
            bulk_syncs.advance(run.id, later(round_ + 1))
            deliver_all()
        run.refresh_from_db()
        assert (run.state, bulk_syncs.progress(run).done, len(server.objects("peo"))) == ("done", 5, 5)
        assert run.settled_at is not None

    def test_is_advanced_by_one_of_two_messages(self, connection, customers, two_at_a_time):
        run, now = start(connection, customers), later()
        assert bulk_syncs.advance(run.id, now) is not None
        assert bulk_syncs.advance(run.id, now) is None

    def test_of_nothing_is_done(self, connection):
        run = start(connection, [])
        assert (run.state, run.total) == ("done", 0)

    def test_that_no_worker_advances_is_found_by_the_sweep(self, connection, customers):
        run = start(connection, customers)
        sent = []

        def send(task, *ids, **_options):
            sent.append((task, *ids))
            return True

        assert sweep.sweep(later(5), send)["runs"] == 0
        assert sweep.sweep(later(20), send)["runs"] == 1
        assert ("integrations.advance_run", run.id, "ada") in sent

    def test_ends_with_its_connection(self, connection, customers):
        run = start(connection, customers)
        connection.status = "archived"
        connection.save()
        bulk_syncs.advance(run.id, later())
        run.refresh_from_db()
        assert (run.state, run.reason) == ("cancelled", "The connection was deleted.")
        assert not OutboundSync.objects.exists()


class TestPauseAndCancel:
    def test_stop_pushes_that_have_not_begun(self, connection, customers, two_at_a_time):
        run = start(connection, customers)
        bulk_syncs.advance(run.id, later())
        bulk_syncs.pause(run.id)
        deliver_all()
        assert bulk_syncs.advance(run.id, later(9)) is None
        assert (bulk_syncs.progress(run).done, bulk_syncs.progress(run).waiting) == (2, 3)
        bulk_syncs.resume(run.id)
        bulk_syncs.advance(run.id, later(10))
        assert bulk_syncs.progress(run).running == 2

    def test_end_it(self, connection, customers, two_at_a_time):
        run = start(connection, customers)
        bulk_syncs.advance(run.id, later())
        bulk_syncs.cancel(run.id, later())
        deliver_all()
        assert bulk_syncs.advance(run.id, later(9)) is None
        assert (bulk_syncs.progress(run).done, bulk_syncs.progress(run).waiting) == (2, 3)
        with pytest.raises(Rejected, match="cancelled already"):
            bulk_syncs.resume(run.id)


class TestTheReport:
    def test_says_what_failed_and_why(self, connection, customers, server):
        server.faults = {1: {"before": Rejected("wrong e-mail")}, 2: {"before": Rejected("wrong e-mail")}}
        run = start(connection, customers)
        bulk_syncs.advance(run.id, later())
        deliver_all()
        bulk_syncs.advance(run.id, later(2))
        found = bulk_syncs.failures(run)
        assert [(failure.reason, failure.count) for failure in found] == [("wrong e-mail", 2)]
        assert OutboundSync.objects.get(pk=found[0].sync_id).state == "blocked"
        assert bulk_syncs.progress(run) == bulk_syncs.Progress(
            total=5, waiting=0, running=0, done=3, failed=2
        )


class TestTheApi:
    def test_starts_one_by_filter_and_says_how_far_it_is(self, api, connection, customers):
        named = CustomerFactory(environment=connection.environment, external_id="crm-77")
        body = {"entity_type": "customer", "provider": "acme", "filter": {"external_id": "crm-77"}}
        answer = api.post("/v1/syncs", body)
        assert (answer.status_code, answer.json()["progress"]["total"]) == (202, 1)
        run = SyncRun.objects.get()
        assert (run.items.get().entity_id, run.started_by) == (named.id, "API key tests")
        bulk_syncs.advance(run.id, later())
        shown = api.get(f"/v1/sync_runs/{run.id}").json()
        assert (shown["state"], shown["progress"]["running"], shown["failures"]) == ("running", 1, [])
        assert api.get(f"/v1/syncs?run_id={run.id}").json()["pagination"]["total"] == 1
        assert api.post(f"/v1/sync_runs/{run.id}/pause").json()["state"] == "paused"
        assert api.post(f"/v1/sync_runs/{run.id}/resume").json()["state"] == "running"
        assert api.post(f"/v1/sync_runs/{run.id}/cancel").json()["state"] == "cancelled"
        assert_error(api.post(f"/v1/sync_runs/{run.id}/pause"), 409, "sync_settled")

    def test_says_what_it_would_push_and_changes_nothing(self, api, customers):
        body = {"entity_type": "customer", "provider": "acme", "unsynced": True, "dry_run": True}
        answer = api.post("/v1/syncs", body).json()
        assert (answer["total"], answer["entity_ids"]) == (5, customers)
        assert not SyncRun.objects.exists()

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({}, "unsynced"),
            ({"ids": ["cust_1"], "unsynced": True}, "ids"),
            ({"filter": {"colour": "red"}}, "filter.colour"),
            ({"filter": {"status": "purple"}}, "filter.status"),
            ({"unsynced": True, "entity_type": "ship"}, "entity_type"),
            ({"unsynced": True, "force": True}, "force"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, api, connection, body, field):
        answer = api.post("/v1/syncs", {"entity_type": "customer", "provider": "acme"} | body)
        assert (answer.status_code, list(answer.json()["details"])) == (400, [field]), answer.json()

    def test_reaches_no_other_environment(self, api, connection, customers):
        stranger = CustomerFactory(environment=EnvironmentFactory())
        body = {"entity_type": "customer", "provider": "acme", "ids": [stranger.id]}
        assert_error(api.post("/v1/syncs", body), 400, "invalid", ids=stranger.id)
        other = make_connection(stranger.environment_id, "acme")
        run = start(other, [stranger.id])
        assert_error(api.get(f"/v1/sync_runs/{run.id}"), 404, "not_found")
        assert_error(api.post(f"/v1/sync_runs/{run.id}/cancel"), 404, "not_found")
        assert api.get("/v1/sync_runs").json()["items"] == []


class TestTheCommand:
    def test_shows_pauses_and_cancels_a_bulk_sync(self, connection, customers):
        run = start(connection, customers)
        code, output = command(run.id, name="sync_run")
        assert (code, output.split()) == (
            0,
            f"{run.id} is running: 0 done, 0 failed, 0 under way, 5 waiting.".split(),
        )
        assert "is paused" in command(run.id, "--pause", name="sync_run")[1]
        assert "is running" in command(run.id, "--resume", name="sync_run")[1]
        assert "is cancelled" in command(run.id, "--cancel", name="sync_run")[1]
        assert command(run.id, "--pause", name="sync_run")[0] == 2
        assert command("run_x", name="sync_run") == (2, "There is no bulk sync run_x.")


@pytest.mark.django_db(transaction=True)
def test_a_worker_carries_it_out_and_keeps_who_started_it(connection, customers, tmp_path):
    empty_broker()
    run = start(connection, customers)
    include, folder = ["integrations.tests.acme_worker"], {"ACME_FOLDER": str(tmp_path)}
    with worker(tmp_path, include=include, environment=folder) as running:
        until(lambda: SyncRun.objects.get(pk=run.pk).settled_at, "the run ends", running.log)
        kept = TaskResult.objects.filter(task_id=run.id, result__contains='"state": "done"')
        until(kept.exists, "its result is kept", running.log)
    assert bulk_syncs.progress(run).done == 5
    assert '"started_by": "ada"' in kept.get().result
