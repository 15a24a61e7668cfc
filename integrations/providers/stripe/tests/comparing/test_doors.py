"""Comparisons at a shell, by beat, and in the metrics."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from billing.models import Customer
from integrations.models import ComparisonRun, Connection, Finding, ImportRun
from integrations.reconcile.comparing import runs, schedule, work
from integrations.tasks import start_comparisons, sweep
from integrations.testing import make_connection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(account, imported):
    """A customer on both sides."""
    made = account.customer(1)
    imported()
    return made


def command(*arguments):
    """Returns the exit code and what was printed."""
    out = StringIO()
    try:
        call_command("compare", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


class TestTheCommand:
    def test_says_that_both_sides_are_equal(self, ada):
        code, output = command("--here")
        assert (code, "0 open (0 new), 0 healed; at stake: nothing." in output) == (0, True)

    def test_shows_what_differs_and_ends_with_1(self, ada, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        code, output = command("--here", "--only", "customers")
        assert code == 1
        assert ": 'Customer 1' here, 'Eve' there. Suggested: take." in " ".join(output.split())
        assert "It was not asked for." in output

    def test_controls_the_one_that_is_open(self, ada, connection):
        assert command("--no-wait")[0] == 0
        assert "is paused" in command("--pause")[1]
        assert ComparisonRun.objects.get().started_by == "manage.py compare"
        assert "is cancelled" in command("--cancel")[1]
        assert command("--cancel")[0] == 2

    def test_refuses_what_is_not_clear(self, ada, environment):
        assert command("--only", "coupons")[0] == 2
        assert command("--connection", "conn_none")[0] == 2
        make_connection(environment.pk, "stripe", name="Other")
        assert command("--here")[0] == 2


class TestAnImport:
    def test_that_runs_keeps_both_sides_from_being_compared(self, ada, connection):
        ImportRun.objects.create(connection=connection)
        code, output = command("--here")
        assert (code, "An import from" in output) == (2, True)

    def test_that_begins_meanwhile_is_waited_for(self, ada, connection):
        run = runs.start(connection, started_by="test", here=True)
        ImportRun.objects.create(connection=connection)
        assert not work.work(run.pk, seconds=600)
        run.refresh_from_db()
        assert (run.state, run.failures, "import" in run.reason) == ("running", 1, True)


class TestBeat:
    def test_starts_a_comparison_once_in_each_interval(self, connection, settings):
        now = timezone.now()
        assert schedule.due(now + timedelta(hours=23)) == []
        assert schedule.due(now + timedelta(hours=24)) == [connection]
        assert schedule.start_due(now + timedelta(hours=24))
        ComparisonRun.objects.update(created_at=now + timedelta(hours=24), state="done", settled_at=now)
        assert schedule.due(now + timedelta(hours=47)) == []
        settings.COMPARISON_HOURS = 0
        assert schedule.due(now + timedelta(hours=100)) == []

    def test_leaves_connections_that_are_paused(self, connection):
        Connection.objects.update(status="paused")
        assert schedule.due(timezone.now() + timedelta(days=9)) == []

    def test_spreads_many_connections_over_the_interval(self, connection, environment, settings):
        settings.COMPARISON_HOURS = 1
        for number in range(23):
            make_connection(environment.pk, "stripe", name=f"Shop {number}")
        # Twelve ticks an hour: two connections each.
        found = schedule.due(timezone.now() + timedelta(hours=2))
        assert [one.name for one in found] == ["Test stripe", "Shop 0"]

    def test_does_not_start_a_second_one(self, connection):
        later = timezone.now() + timedelta(days=2)
        assert len(schedule.start_due(later)) == 1
        ComparisonRun.objects.update(created_at=timezone.now() - timedelta(days=2))
        assert schedule.start_due(timezone.now()) == []
        start_comparisons()
        sweep()
        assert ComparisonRun.objects.count() == 1

    def test_goes_on_with_one_that_was_given_up_but_not_with_one_that_a_person_paused(self, connection):
        later = timezone.now() + timedelta(days=2)
        [run] = schedule.start_due(later)
        runs.pause(run.pk)
        assert schedule.start_due(later) == []
        runs.resume(run.pk)
        runs.postpone(run, "Stripe is down.", None)
        assert [one.state for one in schedule.start_due(later)] == ["running"]


class TestADeletedConnection:
    def test_ends_its_comparison_and_shows_nothing_any_more(self, ada, stripe_api, findings, connection):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        assert len(findings()) == 1
        run = runs.start(connection, started_by="test", here=True)
        Connection.objects.update(status="archived")
        assert not work.work(run.pk, seconds=600)
        run.refresh_from_db()
        assert (run.state, run.reason) == ("failed", "The connection was deleted.")
        assert "flexsync_drift_findings{" not in Client().get("/metrics").content.decode()


class TestTheMetrics:
    def test_show_what_is_open_and_what_it_may_cost(self, ada, stripe_api, findings):
        move = {"amount": -1250, "currency": "usd"}
        stripe_api.v1.customers.balance_transactions.create(ada.id, move)
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        assert len(findings()) == 2
        [connection] = Connection.objects.values_list("pk", flat=True)
        text = Client().get("/metrics").content.decode()
        labels = f'connection="{connection}",entity_type="customer",kind="differs"'
        assert f"flexsync_drift_findings{{{labels}}} 2.0" in text
        assert 'flexsync_drift_money_at_stake{currency="USD"} 12.5' in text
        assert f'flexsync_last_comparison_age_seconds{{connection="{connection}"}}' in text

    def test_count_the_largest_amount_of_each_entity_once(self, ada, findings, compared):
        findings()
        run, now = ComparisonRun.objects.get(), timezone.now()
        row = Customer.objects.get()
        common = {"connection": run.connection, "kind": "differs", "seen_at": now, "asked_at": now}
        for name, amount in (("total", 30), ("amount_due", 20)):
            Finding.objects.create(
                **common,
                entity_type="invoice",
                entity_id="inv_1",
                field=name,
                amount_at_stake=amount,
                currency="USD",
            )
        Finding.objects.create(
            **common, entity_type="customer", entity_id=row.pk, amount_at_stake=5, currency="USD"
        )
        text = Client().get("/metrics").content.decode()
        assert 'flexsync_drift_money_at_stake{currency="USD"} 35.0' in text
