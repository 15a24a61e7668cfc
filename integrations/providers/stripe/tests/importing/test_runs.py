"""Imports go on where they were stopped, whoever stopped them, and count every object once."""

from functools import partial

import pytest
from django.db import OperationalError

from billing.models import Customer
from integrations.models import ImportFinding, ImportRun
from integrations.providers.stripe.tests.importing.counting import counts, rows
from integrations.providers.stripe.tests.long_work import LongWork, finished, part_of, short_pages
from integrations.reconcile.importing import parts, runs, work

__all__ = ["short_pages"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("short_pages")]


@pytest.fixture
def customers(stripe_api):
    return [stripe_api.v1.customers.create({"name": f"C{number}"}).id for number in range(10)]


@pytest.fixture
def run(connection, customers):
    return runs.start(connection, started_by="test", here=True, names=["customers"])


finish = partial(finished, work)


class TestLongWork(LongWork):
    work = work

    def test_leaves_what_another_worker_has(self, run):
        super().test_leaves_what_another_worker_has(run)
        assert Customer.objects.count() == 0


class TestAnImport:
    def test_that_has_no_time_left_goes_on_with_the_next_page(self, run, simulator):
        assert work.work(run.pk, seconds=0)
        assert (part_of(run).made, part_of(run).pages, Customer.objects.count()) == (4, 1, 4)
        assert finish(run).state == "done"
        assert (part_of(run).made, part_of(run).equal, part_of(run).pages) == (10, 0, 3)
        assert Customer.objects.count() == 10

    def test_that_dies_within_a_page_counts_nothing_twice(self, run, monkeypatch):
        turned = parts.turn

        def die(*_args):
            raise OperationalError("the worker was killed")

        monkeypatch.setattr(parts, "turn", die)
        with pytest.raises(OperationalError):
            work.work(run.pk, seconds=600)
        monkeypatch.setattr(parts, "turn", turned)
        assert Customer.objects.count() == 4
        finish(run)
        assert (part_of(run).made, part_of(run).equal) == (10, 0)

    def test_stops_at_a_pause_and_goes_on_at_a_resume(self, run):
        def pause(_part):
            if Customer.objects.count() != 8:
                return
            runs.pause(run.pk)

        assert not work.work(run.pk, seconds=600, progress=pause)
        assert (ImportRun.objects.get().state, Customer.objects.count()) == ("paused", 8)
        runs.resume(run.pk)
        assert (finish(run).state, Customer.objects.count()) == ("done", 10)

    def test_that_is_cancelled_keeps_what_it_brought(self, run):
        work.work(run.pk, seconds=0)
        runs.cancel(run.pk, run.created_at)
        assert (finish(run).state, Customer.objects.count()) == ("cancelled", 4)


class TestADryRun:
    def test_counts_and_changes_nothing(self, imported, customers, connection):
        before = rows()
        run = imported(dry_run=True)
        assert rows() == before
        assert counts(run, "made", "equal") == {"customers": (10, 0)}
        assert len(part_of(run).samples["made"]) == 5

    def test_says_what_is_here_and_what_has_changed(self, imported, customers, stripe_api):
        imported()
        stripe_api.v1.customers.update(customers[0], {"name": "Another"})
        assert counts(imported(dry_run=True), "made", "changed", "equal") == {"customers": (0, 1, 9)}

    def test_tells_later_imports_how_many_there_will_be(self, imported, customers, connection):
        imported(dry_run=True)
        run = runs.start(connection, started_by="test", here=True)
        assert part_of(run).expected == 10


class TestWhatIsLeftOut:
    def test_is_said_of_kinds_whose_switch_is_off(self, imported, customers, connection):
        connection.customer_inbound_enabled = False
        connection.save()
        run = imported()
        assert part_of(run).left_out == "customer_inbound_enabled is off for this connection."
        assert not Customer.objects.exists()

    def test_is_refused_with_its_reason(self, imported, stripe_api):
        theirs = {"flexprice_environment": "env_other", "flexprice_customer_id": "cust_x"}
        other = stripe_api.v1.customers.create({"metadata": theirs})
        imported()
        found = ImportFinding.objects.get()
        assert (found.provider_entity_id, found.outcome) == (other.id, "refused")
        assert "another environment" in found.reason

    def test_asks_for_nobody_where_nothing_is_to_be_done(self, imported, account):
        """An invoice below zero and a cancelled payment; a paid one is counted with its invoice."""
        customer = account.customer(1)
        account.invoice(customer, -700, paid=False)
        account.invoice(customer, 5000, paid=True)
        intents = account.api.v1.payment_intents
        intents.cancel(intents.create({"amount": 900, "currency": "usd", "customer": customer.id}).id)
        planned = counts(imported(dry_run=True), "made", "equal")
        assert {name: planned[name] for name in ("invoices", "payments of invoices", "other payments")} == {
            "invoices": (1, 1),
            "payments of invoices": (1, 0),
            "other payments": (0, 2),
        }
        assert counts(imported(), "made", "equal")["invoices"] == (1, 1)
        assert not ImportFinding.objects.exists()
