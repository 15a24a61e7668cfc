"""A connection that knows nothing of what was sent to its account before: it looks before it makes."""

import pytest
from django.utils import timezone

from billing.models import Customer
from integrations.connections import manage
from integrations.models import Connection, EntityMapping, OutboundCall, OutboundSync
from integrations.models.connections import SWITCHES
from integrations.models.link_candidates import LinkChoice
from integrations.outbox import doubts, scans, syncs, worker
from integrations.providers.stripe.tests import builders
from integrations.reconcile.importing import runs, work
from integrations.reconcile.linking import decisions
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)
# May read no account: a connection with it finds no links of the one before it.
KEY = builders.SECRET_KEY.replace("sk_", "rk_")
PERMISSIONS = [
    f"{noun}_{what}"
    for noun in [
        "customer",
        "product",
        "plan",
        "subscription",
        "invoice",
        "payment_intent",
        "charge",
        "payment_record",
        "credit_note",
    ]
    for what in ("read", "write")
]


@pytest.fixture
def connect(environment, simulator):
    """Makes the connection anew."""
    simulator.restrict_key(KEY, *PERMISSIONS)

    def connect(**switches):
        return manage.create(
            environment_id=environment.id,
            provider="stripe",
            name="Shop",
            secrets={"secret_key": KEY},
            switches=dict.fromkeys(SWITCHES, True) | switches,
            now=timezone.now(),
        )

    return connect


@pytest.fixture
def sent(connect, environment):
    """Three customers with an invoice each, sent through a connection that was deleted then."""
    connection = connect()
    assert connection.doubts == {}
    customers = [builders.customer(environment, name=name, email=f"{name}@example.com") for name in "abc"]
    invoices = [builders.invoice(customer) for customer in customers]
    for invoice in invoices:
        assert push(connection, "invoice", invoice.pk).state == "done"
    manage.archive(connection, leave_invoices_open=True)
    assert Connection.objects.get().status_reason.startswith("Its account is unknown")
    return invoices


def imported(connection):
    """An import, as far as it goes without a person."""
    run = runs.start(connection, started_by="test", here=True)
    while work.work(run.pk, seconds=60):
        pass
    return run


def counted(stripe_api):
    """How many customers and invoices Stripe has."""
    return len(stripe_api.v1.customers.list().data), len(stripe_api.v1.invoices.list().data)


class TestAConnectionMadeAgain:
    def test_doubles_nothing(self, connect, sent, environment, stripe_api):
        again = connect()
        assert set(again.doubts) == {"customer", "invoice"}
        for invoice in sent:
            assert push(again, "invoice", invoice.pk).state == "done"
        assert counted(stripe_api) == (3, 3)
        assert EntityMapping.objects.filter(connection=again).count() == 6
        assert OutboundCall.objects.filter(sync__connection=again, detail=doubts.FOUND).count() >= 6

    def test_looks_for_all_rows_of_a_kind_at_once(self, connect, sent, simulator, stripe_api):
        again = connect()
        before = len(simulator.requests())
        for invoice in sent:
            push(again, "invoice", invoice.pk)
        made = [call["operation"] for call in simulator.requests()[before:]]
        assert made.count("customers.list") == made.count("invoices.list") == 1

    def test_looks_among_those_like_it_where_there_are_many(
        self, connect, sent, simulator, monkeypatch, stripe_api
    ):
        monkeypatch.setattr(scans, "MOST_PAGES", 1)
        for index in range(101):
            stripe_api.v1.customers.create({"name": f"Other {index}"})
        again = connect()
        before = len(simulator.requests())
        for invoice in sent:
            assert push(again, "invoice", invoice.pk).state == "done"
        lists = [call for call in simulator.requests()[before:] if call["operation"] == "customers.list"]
        assert len(lists) == 1 + 3
        assert EntityMapping.objects.filter(connection=again, entity_type="customer").count() == 3
        assert len(stripe_api.v1.invoices.list().data) == 3

    def test_has_no_doubt_of_newer_rows(self, connect, sent, environment, simulator):
        again = connect()
        before = len(simulator.requests())
        push(again, "customer", builders.customer(environment, name="New").pk)
        assert [call["operation"] for call in simulator.requests()[before:]] == ["customers.create"]

    def test_has_no_doubt_once_all_was_imported(self, connect, sent, stripe_api):
        again = connect()
        run = runs.start(again, started_by="test", here=True, links=False)
        while work.work(run.pk, seconds=60):
            pass
        assert "customer" not in Connection.objects.get(pk=again.pk).doubts
        assert EntityMapping.objects.filter(connection=again, entity_type="customer").count() == 3

    def test_has_no_doubt_where_nothing_there_names_a_row(self, environment, connect, stripe_api):
        old = [builders.customer(environment, name=name) for name in "ab"]
        fresh = connect()
        assert set(fresh.doubts) == {"customer"}
        push(fresh, "customer", old[0].pk)
        assert Connection.objects.get(pk=fresh.pk).doubts == {}
        push(fresh, "customer", old[1].pk)
        assert len(stripe_api.v1.customers.list().data) == Customer.objects.count() == 2


class TestACustomerWhoMayBeThere:
    def test_waits_for_a_person_and_is_made_once_kept_apart(
        self, environment, connect, stripe_api, simulator
    ):
        ours = builders.customer(environment, name="Ada", email="ada@example.com")
        theirs = stripe_api.v1.customers.create({"name": "ADA", "email": "Ada@Example.com"})
        connection = connect()
        before = len(simulator.requests())
        for _again in range(2):
            sync = push(connection, "customer", ours.pk)
            assert (sync.state, theirs.id in sync.last_error) == ("blocked", True)
        assert [call["operation"] for call in simulator.requests()[before:]] == ["customers.list"]
        assert sync.waits_for == f"link:customer:{ours.pk}"
        OutboundSync.objects.update(last_error="In other words.")
        run = imported(connection)
        decisions.decide(run.candidates.all(), LinkChoice.APART, by="ada", now=timezone.now())
        runs.settle_links(run, timezone.now(), rest_apart=False, by="ada")
        while work.work(run.pk, seconds=60):
            pass
        run.refresh_from_db()
        assert (run.state, run.reason) == ("done", "")
        waiting = OutboundSync.objects.get(state="pending")
        worker.deliver(waiting.pk, now=timezone.now())
        assert len(stripe_api.v1.customers.list().data) == Customer.objects.count() == 2

    def test_waits_also_where_there_are_many_until_it_is_retried(
        self, environment, connect, stripe_api, monkeypatch
    ):
        monkeypatch.setattr(scans, "MOST_PAGES", 0)
        ours, other = (builders.customer(environment, name=name, email=f"{name}@x.example") for name in "ab")
        stripe_api.v1.customers.create({"email": "a@x.example"})
        connection = connect()
        sync = push(connection, "customer", ours.pk)
        assert sync.state == "blocked"
        OutboundSync.objects.update(last_error="In other words.")
        assert push(connection, "customer", other.pk).state == "done"
        assert len(stripe_api.v1.customers.list().data) == 2
        syncs.retry(sync.pk, timezone.now())
        worker.deliver(sync.pk, now=timezone.now())
        assert len(stripe_api.v1.customers.list().data) == 3
