"""Several workers and people at the same invoice, and a worker that comes back from the dead: Stripe has it once."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections as databases
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations import sweep
from integrations.models import OutboundSync
from integrations.models.outbound import OPEN_STATES
from integrations.outbox import syncs
from integrations.providers.stripe.tests import builders
from integrations.queue import dispatch
from integrations.testing import make_connection
from integrations.tests.factories import CustomerFactory
from integrations.tests.workers import empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)
INVOICES = 5
PATIENT = {"STRIPE_CALLS_PER_SECOND": "10000", "LOG_LEVEL": "WARNING"}


@pytest.fixture
def connection(environment):
    """Nothing is pushed but what the test stages."""
    return make_connection(environment.id, "stripe", on=(), credentials={"secret_key": builders.SECRET_KEY})


@pytest.fixture
def start(tmp_path, simulator):
    empty_broker()
    environment = PATIENT | {"STRIPE_API_BASE": simulator.base_url}
    yield lambda **more: worker(tmp_path, environment=environment | more)
    empty_broker()


def ask(connection, invoice, together):
    """A person presses the button, once everybody is there."""
    together.wait()
    try:
        with transaction.atomic():
            syncs.request(
                connection_id=connection.id, kind=Kind.INVOICE, entity_id=invoice.id, started_by="Ada"
            )
    finally:
        databases.close_all()


def assert_everything_once(stripe_api, number):
    found = stripe_api.v1.invoices.list({"limit": 100}).data
    assert [(one.status, one.total, len(one.lines.data)) for one in found] == [("open", 5400, 3)] * number
    assert len({one.metadata["flexprice_invoice_id"] for one in found}) == number


def test_two_workers_and_two_people_make_one_invoice(start, simulator, stripe_api, connection, environment):
    simulator.faults.add("*", "slow", times=-1, seconds=0.1)
    customer = builders.customer(environment)
    invoices = [builders.invoice(customer) for _ in range(INVOICES)]
    with start() as one, start() as other:
        together = Barrier(2 * INVOICES)
        people = [Thread(target=ask, args=(connection, row, together)) for row in invoices * 2]
        for person in people:
            person.start()
        for person in people:
            person.join()
        for _ in range(3):  # the broker delivers whatever it has more than once
            for sync_id in OutboundSync.objects.values_list("pk", flat=True):
                dispatch.send(dispatch.DELIVER, sync_id)

        def settled():
            # A row that waited for the customer another was making is tried again now, not in some seconds.
            for waiting in OutboundSync.objects.filter(state="sending", leased_until=None):
                syncs.retry(waiting.id, timezone.now())
            return not OutboundSync.objects.filter(state__in=OPEN_STATES).exists()

        until(settled, "everything is settled", one.log)
        assert other.process.is_alive()
    assert set(OutboundSync.objects.values_list("state", flat=True)) == {"done"}
    assert_everything_once(stripe_api, INVOICES)
    assert len(stripe_api.v1.customers.list().data) == 1
    assert len(simulator.requests("invoices.finalize_invoice")) == INVOICES


@pytest.mark.parametrize(
    "operation", ["customers.create", "invoices.create", "invoices.add_lines", "invoices.finalize_invoice"]
)
def test_a_worker_that_was_cut_off_doubles_nothing(
    start, simulator, stripe_api, connection, customer, operation
):
    """It is frozen in the middle of a call, for longer than its lease, and wakes when another has finished its work."""
    invoice = builders.invoice(customer)
    simulator.faults.add(operation, "slow", seconds=1.0)
    with start(OUTBOX_LEASE_SECONDS="2") as frozen:
        with transaction.atomic():
            sync = syncs.stage(connection_id=connection.id, kind=Kind.INVOICE, entity_id=invoice.id)
        until(lambda: simulator.faults.all()[0]["fired"], f"{operation} is under way", frozen.log)
        frozen.freeze()
        try:
            sync.refresh_from_db()
            assert (sync.state, sync.leased_until is None) == ("sending", False)
            empty_broker()
            until(lambda: timezone.now() > sync.leased_until, "the lease has run out")
            with start() as other:
                sweep.sweep(timezone.now() + timedelta(seconds=16))
                until(lambda: done_by_another(sync), "the other finishes", other.log)
        finally:
            frozen.thaw()
        until(lambda: b"lease_lost" in frozen.log.read_bytes(), "it notices that it was replaced", frozen.log)
        # It goes on with other work, as if nothing had been.
        another = CustomerFactory(environment=customer.environment)
        with transaction.atomic():
            later = syncs.stage(connection_id=connection.id, kind=Kind.CUSTOMER, entity_id=another.id)
        until(lambda: OutboundSync.objects.get(pk=later.pk).state == "done", "it works on", frozen.log)
    assert_everything_once(stripe_api, 1)
    sync.refresh_from_db()
    assert (sync.state, sync.attempts, sync.last_error) == ("done", 2, "")
    assert [call.state for call in sync.calls.all()] == ["done"] * 4
    keys = {one["idempotency_key"] for one in simulator.requests(operation)}
    assert len(keys) == (2 if operation == "customers.create" else 1), "the same call under the same key"


def done_by_another(sync):
    sync.refresh_from_db()
    if sync.state == "sending" and sync.leased_until is None and sync.next_attempt_at:
        # Stripe was still at it ("key in use"): what would be tried in some seconds is tried now.
        syncs.retry(sync.id, timezone.now())
    return sync.state == "done"
