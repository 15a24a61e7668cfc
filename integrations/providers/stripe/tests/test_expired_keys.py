"""When Stripe has forgotten the key of a lost response, the effect is looked up before a repetition."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from integrations.errors import Rejected
from integrations.models import OutboundCall
from integrations.outbox import syncs, worker
from integrations.providers.stripe import recovery
from integrations.providers.stripe.gateway import open_gateway
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db
A_DAY = timedelta(hours=25)
STEPS = [
    ("customers.create", "customer"),
    ("invoices.create", "draft"),
    ("invoices.add_lines", "lines"),
    ("invoices.finalize_invoice", "finalize"),
]


@pytest.mark.parametrize(("operation", "step"), STEPS)
@pytest.mark.parametrize(
    ("effect", "outcome", "times"),
    [
        ("reset_after", "the call was done.", 1),
        ("reset_before", "the call was not done, so it was made again.", 2),
    ],
)
def test_each_step_is_done_once(
    simulator, stripe_api, connection, customer, operation, step, effect, outcome, times
):
    invoice = builders.invoice(customer)
    simulator.faults.add(operation, effect)
    sync = push(connection, Kind.INVOICE, invoice.id)
    assert (sync.state, sync.calls.get(step=step).state) == ("sending", "calling")
    simulator.advance_clock(A_DAY.total_seconds())
    worker.deliver(sync.id, now=timezone.now() + A_DAY)
    sync.refresh_from_db()
    assert (sync.state, sync.last_error) == ("done", "")
    assert sync.calls.get(step=step).detail.endswith(outcome)
    assert len(simulator.requests(operation)) == times
    found = [(row.total, row.status, len(row.lines.data)) for row in stripe_api.v1.invoices.list().data]
    assert found == [(5400, "open", 3)]
    assert len(stripe_api.v1.customers.list().data) == 1


def test_a_key_that_stripe_still_knows_is_repeated(simulator, connection, customer):
    simulator.faults.add("customers.create", "reset_after")
    sync = push(connection, Kind.CUSTOMER, customer.id)
    worker.deliver(sync.id, now=timezone.now() + timedelta(hours=22))
    sync.refresh_from_db()
    assert sync.state == "done"
    assert [call["operation"] for call in simulator.requests()] == ["customers.create"] * 2


def test_what_cannot_be_looked_up_waits_for_an_operator(simulator, connection, customer, monkeypatch):
    simulator.faults.add("customers.create", "reset_after")
    sync = push(connection, Kind.CUSTOMER, customer.id)
    monkeypatch.delitem(recovery.FINDERS, "customers.create")
    worker.deliver(sync.id, now=timezone.now() + A_DAY)
    sync.refresh_from_db()
    assert sync.state == "blocked" and "Look in Stripe's dashboard" in sync.last_error
    assert len(simulator.requests("customers.create")) == 1
    syncs.retry(sync.id, timezone.now())
    worker.deliver(sync.id, now=timezone.now())
    assert OutboundCall.objects.filter(step="create").count() == 2, "an operator's retry makes the call again"


def test_an_object_without_room_for_an_id_is_known_by_its_metadata(simulator, stripe_api, connection):
    keys = {f"key{number}": "v" for number in range(50)}
    rows = [
        builders.customer(connection.environment, name="Full", email="", metadata={**keys, "key0": value})
        for value in ("other", "own")
    ]
    assert push(connection, Kind.CUSTOMER, rows[0].id).state == "done"
    simulator.faults.add("customers.create", "reset_after")
    sync = push(connection, Kind.CUSTOMER, rows[1].id)
    simulator.advance_clock(A_DAY.total_seconds())
    worker.deliver(sync.id, now=timezone.now() + A_DAY)
    sync.refresh_from_db()
    assert sync.state == "done"
    assert [one.metadata["key0"] for one in stripe_api.v1.customers.list().data] == ["own", "other"]


def test_the_object_is_found_among_more_than_a_page(simulator, stripe_api, connection, customer):
    simulator.faults.add("customers.create", "reset_after")
    nameless = builders.customer(connection.environment, name="Nameless", email="")
    sync = push(connection, Kind.CUSTOMER, nameless.id)
    for number in range(recovery.PAGE + 5):
        stripe_api.v1.customers.create({"name": f"Later {number}"})
    simulator.advance_clock(A_DAY.total_seconds())
    worker.deliver(sync.id, now=timezone.now() + A_DAY)
    sync.refresh_from_db()
    assert sync.state == "done" and sync.calls.get().detail.endswith("the call was done.")


def test_an_endless_list_decides_nothing(simulator, stripe_api, monkeypatch):
    monkeypatch.setattr(recovery, "PAGE", 2)
    monkeypatch.setattr(recovery, "MOST_PAGES", 2)
    for number in range(6):
        stripe_api.v1.customers.create({"name": f"Customer {number}"})
    params = {"metadata": {"flexprice_customer_id": "cust_1"}}
    since = timezone.now() - timedelta(hours=1)
    with pytest.raises(Rejected, match="It is unknown whether this was done"):
        recovery.find_effect(
            open_gateway({"secret_key": builders.SECRET_KEY}),
            operation="customers.create",
            params=params,
            target="",
            since=since,
        )
