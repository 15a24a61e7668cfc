"""Several workers and operators push an invoice, or a worker resumes after its lease: Stripe has it once."""

from threading import Barrier, Thread

import pytest
from django.db import connections as databases
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations.models import OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import syncs
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.real_workers import finish, outlive_lease, stage
from integrations.queue import dispatch
from integrations.testing import make_connection
from integrations.tests.factories import CustomerFactory
from integrations.tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
INVOICES = 5


@pytest.fixture
def connection(environment):
    """With all switches off: only what the test stages is pushed."""
    return make_connection(environment.id, "stripe", on=(), credentials={"secret_key": builders.SECRET_KEY})


def request_push(connection, invoice, barrier):
    """Requests a push as the admin's button does, at the same moment as the other threads."""
    barrier.wait()
    try:
        with transaction.atomic():
            syncs.request(
                connection_id=connection.id, kind=Kind.INVOICE, entity_id=invoice.id, started_by="Ada"
            )
    finally:
        databases.close_all()


def assert_everything_once(stripe_api, number):
    found = stripe_api.v1.invoices.list({"limit": 100}).data
    assert [(row.status, row.total, len(row.lines.data)) for row in found] == [("open", 5400, 3)] * number
    assert len({row.metadata["flexprice_invoice_id"] for row in found}) == number


def test_two_workers_and_two_operators_create_one_invoice(
    start, simulator, stripe_api, connection, environment
):
    simulator.faults.add("*", "slow", times=-1, seconds=0.1)
    customer = builders.customer(environment)
    invoices = [builders.invoice(customer) for _ in range(INVOICES)]
    with start() as first, start() as second:
        barrier = Barrier(2 * INVOICES)
        operators = [Thread(target=request_push, args=(connection, row, barrier)) for row in invoices * 2]
        for operator in operators:
            operator.start()
        for operator in operators:
            operator.join()
        for _ in range(3):  # the broker delivers each message more than once
            for sync_id in OutboundSync.objects.values_list("pk", flat=True):
                dispatch.send(dispatch.DELIVER, sync_id)

        def settled():
            # A row that waits for another push to create its customer is retried now, not in some seconds.
            for waiting in OutboundSync.objects.filter(state="sending", leased_until=None):
                syncs.retry(waiting.id, timezone.now())
            return not OutboundSync.objects.filter(state__in=OPEN_STATES).exists()

        until(settled, "everything is settled", first.log)
        assert second.process.is_alive()
    assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
    assert_everything_once(stripe_api, INVOICES)
    assert len(stripe_api.v1.customers.list().data) == 1
    assert len(simulator.requests("invoices.finalize_invoice")) == INVOICES


@pytest.mark.parametrize(
    "operation", ["customers.create", "invoices.create", "invoices.add_lines", "invoices.finalize_invoice"]
)
def test_a_worker_that_outlives_its_lease_doubles_nothing(
    start, simulator, stripe_api, connection, customer, operation
):
    """It freezes in the middle of a call, and resumes after another worker has finished."""
    invoice = builders.invoice(customer)
    simulator.faults.add(operation, "slow", seconds=1.0)
    with start(OUTBOX_LEASE_SECONDS="2") as frozen:
        sync = stage(connection, Kind.INVOICE, invoice.id)
        until(lambda: simulator.faults.all()[0]["fired"], f"{operation} is under way", frozen.log)
        frozen.freeze()
        try:
            sync.refresh_from_db()
            assert (sync.state, sync.leased_until is None) == ("sending", False)
            outlive_lease(sync)
            with start() as other:
                finish(sync, other)
        finally:
            frozen.thaw()
        until(
            lambda: b"lease_lost" in frozen.log.read_bytes(),
            "the frozen worker notices the lost lease",
            frozen.log,
        )
        # It then continues with other work.
        another = CustomerFactory(environment=customer.environment)
        later = stage(connection, Kind.CUSTOMER, another.id)
        until(
            lambda: OutboundSync.objects.get(pk=later.pk).state == "done",
            "the frozen worker continues",
            frozen.log,
        )
    assert_everything_once(stripe_api, 1)
    sync.refresh_from_db()
    assert (sync.state, sync.attempts, sync.last_error) == ("done", 2, "")
    # Before it is finalized again, the draft is read: a person may have changed it meanwhile.
    steps = 5 if operation == "invoices.finalize_invoice" else 4
    assert [call.state for call in sync.calls.all()] == ["done"] * steps
    keys = {call["idempotency_key"] for call in simulator.requests(operation)}
    assert len(keys) == (2 if operation == "customers.create" else 1), "the same call under the same key"
