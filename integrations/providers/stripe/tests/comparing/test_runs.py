"""Comparisons go on where they were stopped, whoever stopped them; what is under way is no finding."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.models import Customer
from billing.services.customers import customers as service
from integrations.errors import Rejected
from integrations.models import ComparedObject, ComparisonRun, EntityMapping, Finding, ImportRun, InboundEvent
from integrations.providers.stripe.testing import receive_signed, store_signed
from integrations.providers.stripe.tests.long_work import LongWork, finished, part_of, short_pages
from integrations.reconcile.comparing import parts, runs, work
from integrations.testing import push

__all__ = ["short_pages"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("short_pages")]


@pytest.fixture
def customers(account, imported):
    """Ten on both sides, of which each has another name at Stripe since."""
    made = [account.api.v1.customers.create({"name": f"C{number}"}).id for number in range(10)]
    imported()
    for stripe_id in made:
        account.api.v1.customers.update(stripe_id, {"name": "Other"})
    return made


@pytest.fixture
def run(connection, customers):
    return runs.start(connection, started_by="test", here=True, names=["customers"])


finish = partial(finished, work)


class TestLongWork(LongWork):
    work = work


class TestAComparison:
    def test_counts_what_it_has_read(self, run):
        found = finish(run)
        assert (found.state, found.objects_seen, found.calls) == ("done", 10, 3)
        assert (found.found, found.new, found.healed) == (10, 10, 0)
        assert not ComparedObject.objects.exists()

    def test_that_has_no_time_left_goes_on_with_the_next_page(self, run):
        assert work.work(run.pk, seconds=0)
        assert (part_of(run).pages, part_of(run).objects_seen) == (1, 4)
        found = finish(run)
        assert (found.objects_seen, found.calls, found.found) == (10, 3, 10)

    def test_that_dies_within_a_page_reads_it_again(self, run, monkeypatch):
        turned = parts.turn

        def die(*_args):
            raise OperationalError("the worker was killed")

        monkeypatch.setattr(parts, "turn", die)
        with pytest.raises(OperationalError):
            work.work(run.pk, seconds=600)
        monkeypatch.setattr(parts, "turn", turned)
        found = finish(run)
        assert (found.objects_seen, found.calls, found.found) == (10, 3, 10)

    def test_that_dies_while_it_looks_again_finds_everything_once(self, run, monkeypatch):
        went_on = parts.go_on

        def die(*_args):
            raise OperationalError("the worker was killed")

        monkeypatch.setattr(parts, "go_on", die)
        with pytest.raises(OperationalError):
            work.work(run.pk, seconds=600), work.work(run.pk, seconds=600)
        assert not Finding.objects.exists()
        monkeypatch.setattr(parts, "go_on", went_on)
        assert finish(run).found == Finding.objects.count() == 10

    def test_stops_at_a_pause_and_goes_on_at_a_resume(self, run):
        def pause(part):
            if part.pages == 2:
                runs.pause(run.pk)

        assert not work.work(run.pk, seconds=600, progress=pause)
        assert (ComparisonRun.objects.get().state, part_of(run).pages) == ("paused", 2)
        assert runs.due(timezone.now()) == []
        runs.resume(run.pk)
        assert runs.due(timezone.now()) == [run]
        assert (finish(run).state, part_of(run).pages) == ("done", 3)

    def test_that_is_cancelled_leaves_the_findings_as_they_were(self, run, compared, connection):
        finish(run)
        other = runs.start(connection, started_by="test", here=True)
        EntityMapping.objects.update(gone_choice="")
        work.work(other.pk, seconds=0)
        runs.cancel(other.pk, timezone.now())
        assert finish(other).state == "cancelled"
        assert not ComparedObject.objects.exists()
        assert Finding.objects.filter(state="open").count() == 10
        with pytest.raises(Rejected):
            runs.resume(other.pk)

    def test_is_the_only_one_of_its_connection(self, run, connection):
        with pytest.raises(Conflict):
            runs.start(connection, started_by="test")
        with pytest.raises(Invalid):
            runs.cancel(run.pk, timezone.now()) and runs.start(connection, started_by="test", names=["cats"])

    @pytest.mark.parametrize(("state", "linking"), [("running", ""), ("linking", "open"), ("paused", "open")])
    def test_waits_for_an_import_and_its_links(self, run, connection, state, linking):
        imported = ImportRun.objects.create(connection=connection, state=state, linking=linking)
        assert not work.work(run.pk, seconds=600)
        assert "links are undecided" in ComparisonRun.objects.get().reason
        ComparisonRun.objects.update(next_attempt_at=None)
        ImportRun.objects.filter(pk=imported.pk).update(state="paused", linking="")
        assert finish(run).state == "done"

    def test_waits_a_while_before_it_looks_again(self, run, settings):
        settings.COMPARISON_SETTLE_SECONDS = 60
        assert not work.work(run.pk, seconds=600)
        found = ComparisonRun.objects.get()
        assert (found.state, Finding.objects.count()) == ("settling", 0)
        assert runs.due(found.read_at + timedelta(seconds=59)) == []
        assert runs.due(found.read_at + timedelta(seconds=60)) == [run]
        runs.pause(run.pk)
        assert runs.resume(run.pk).next_attempt_at == found.next_attempt_at


class TestWhatHeals:
    def test_is_no_longer_open_and_stays_as_history(self, customers, findings, stripe_api, compared):
        assert len(findings()) == 10
        for number, stripe_id in enumerate(customers):
            stripe_api.v1.customers.update(stripe_id, {"name": f"C{number}"})
        run = compared()
        assert (run.found, run.healed) == (0, 10)
        assert {one.state for one in Finding.objects.all()} == {"healed"}
        stripe_api.v1.customers.update(customers[0], {"name": "Other"})
        assert (len(findings()), Finding.objects.count()) == (1, 11)

    def test_is_nothing_of_a_list_that_was_not_read(self, customers, findings, connection, compared):
        assert len(findings()) == 10
        connection.customer_inbound_enabled = connection.customer_outbound_enabled = False
        connection.save()
        assert compared().healed == 0
        assert Finding.objects.filter(state="open").count() == 10


class TestWhatIsAccepted:
    @pytest.fixture
    def accepted(self, customers, findings):
        found = findings()[0]
        Finding.objects.filter(pk=found.pk).update(state="accepted")
        return found

    def test_stays_so(self, accepted, findings):
        assert accepted.pk not in [one.pk for one in findings()]

    def test_is_open_again_when_it_changes(self, accepted, findings, stripe_api):
        stripe_api.v1.customers.update(accepted.provider_entity_id, {"name": "Third"})
        assert accepted.pk in [one.pk for one in findings()]

    def test_is_open_again_when_its_time_is_over(self, accepted, findings):
        Finding.objects.filter(pk=accepted.pk).update(accepted_until=timezone.now())
        assert accepted.pk in [one.pk for one in findings()]

    def test_heals_too(self, accepted, findings, stripe_api):
        stripe_api.v1.customers.update(accepted.provider_entity_id, {"name": accepted.ours})
        findings()
        assert Finding.objects.get(pk=accepted.pk).state == "healed"


class TestWhatIsUnderWay:
    """The page was read, and is compared again in a moment."""

    @pytest.fixture
    def one(self, account, imported):
        made = account.api.v1.customers.create({"name": "One"}).id
        imported()
        return made

    @pytest.fixture
    def settled(self, connection):
        """Runs a comparison; between its reading and its looking again something happens."""

        def run(meanwhile=lambda: None):
            made = runs.start(connection, started_by="test", here=True)
            while ComparisonRun.objects.get(pk=made.pk).state == "running":
                work.work(made.pk, seconds=0)
            meanwhile()
            assert finish(made).state == "done"
            return Finding.objects.filter(state="open").count()

        return run

    @pytest.fixture
    def last_event(self, stripe_api):
        return lambda: stripe_api.v1.events.list({"limit": 1}).data[0].to_dict()

    def test_is_no_finding_where_the_event_waits(self, one, settled, stripe_api, connection, last_event):
        stripe_api.v1.customers.update(one, {"name": "Two"})
        store_signed(connection, last_event(), timezone.now())
        assert settled() == 0
        InboundEvent.objects.update(state="dead", settled_at=timezone.now(), next_attempt_at=None)
        InboundEvent.objects.update(received_at=timezone.now() - timedelta(minutes=5))
        assert settled() == 1

    def test_is_no_finding_where_the_event_comes_meanwhile(
        self, one, settled, stripe_api, connection, last_event
    ):
        stripe_api.v1.customers.update(one, {"name": "Two"})
        assert settled(lambda: receive_signed(connection, last_event())) == 0
        assert Customer.objects.get().name == "Two"

    def test_is_no_finding_where_another_event_names_it(
        self, one, settled, stripe_api, connection, last_event
    ):
        stripe_api.v1.customers.update(one, {"name": "Two"})
        stripe_api.v1.invoices.create({"customer": one})
        store_signed(connection, last_event(), timezone.now())
        assert settled() == 0

    def test_is_no_finding_where_a_push_waits(self, one, settled, environment):
        row = Customer.objects.get()
        service.update(environment_id=environment.pk, customer_id=row.pk, changes={"name": "Two"})
        assert settled() == 0

    def test_is_no_finding_where_a_push_ends_meanwhile(self, one, settled, environment, connection):
        row = Customer.objects.get()
        service.update(environment_id=environment.pk, customer_id=row.pk, changes={"name": "Two"})
        assert settled(lambda: push(connection, "customer", row.pk)) == 0

    def test_is_no_finding_where_the_row_is_changed_meanwhile(self, one, settled, stripe_api):
        stripe_api.v1.customers.update(one, {"name": "Two"})
        assert settled(lambda: Customer.objects.get().save()) == 0
        assert settled() == 1

    def test_is_no_finding_where_it_moved_shortly_before(self, one, settled, stripe_api, settings):
        stripe_api.v1.customers.update(one, {"name": "Two"})
        settings.COMPARISON_SETTLE_SECONDS = 60

        def wait():
            ComparisonRun.objects.update(next_attempt_at=None)

        assert settled(wait) == 0
        EntityMapping.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
        Customer.objects.update(updated_at=timezone.now() - timedelta(minutes=5))
        assert settled(wait) == 1

    def test_is_no_finding_where_it_was_made_meanwhile(self, one, settled, account, environment, imported):
        def make():
            Customer.objects.create(environment=environment, name="Late")
            account.customer(7)
            imported()

        assert settled(make) == 0

    def test_leaves_an_earlier_finding_as_it_is(self, one, settled, stripe_api, connection, last_event):
        stripe_api.v1.customers.update(one, {"name": "Two"})
        assert settled() == 1
        store_signed(connection, last_event(), timezone.now())
        assert settled() == 1
        assert Finding.objects.get().state == "open"
