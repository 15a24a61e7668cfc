"""After kill -9 of real workers at each recovery point of an invoice's push, every object exists once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from billing.events import Kind
from integrations import sweep
from integrations.models import EntityMapping, OutboundSync
from integrations.outbox import syncs
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection
from integrations.tests.workers import empty_broker, until, worker

pytestmark = pytest.mark.django_db(transaction=True)
# Where the worker hangs when it dies: before Stripe has carried out the call, after, or (slow) meanwhile.
POINTS = [
    ("customers.create", "timeout"),
    ("invoices.create", "timeout_before"),
    ("invoices.create", "timeout"),
    ("invoices.create", "slow"),
    ("invoices.add_lines", "timeout_before"),
    ("invoices.add_lines", "timeout"),
    ("invoices.finalize_invoice", "timeout_before"),
    ("invoices.finalize_invoice", "timeout"),
]


@pytest.fixture
def connection(environment):
    """With all switches off: only what the test stages is pushed."""
    return make_connection(environment.id, "stripe", on=(), credentials={"secret_key": builders.SECRET_KEY})


@pytest.fixture
def start(tmp_path, simulator):
    """Starts workers that call the simulator and lose their lease soon after they die."""
    empty_broker()
    environment = {"STRIPE_API_BASE": simulator.base_url, "OUTBOX_LEASE_SECONDS": "1", "LOG_LEVEL": "WARNING"}
    environment["STRIPE_CALLS_PER_SECOND"] = "10000"
    yield lambda: worker(tmp_path, environment=environment)
    empty_broker()


def test_each_recovery_point_survives_kill_9(start, simulator, stripe_api, connection, environment):
    """Each worker finishes what its killed predecessor left, and is killed at the next point."""
    left = None
    for operation, effect in POINTS:
        with start() as victim:
            if left is not None:
                finish(left, victim)
            invoice = builders.invoice(builders.customer(environment, name=f"{operation} {effect}"))
            simulator.faults.clear()
            simulator.faults.add(operation, effect, seconds=1.5)
            left = stage(connection, invoice)
            until(lambda: simulator.faults.all()[0]["fired"], f"{operation} hangs", victim.log)
            victim.kill()
        assert OutboundSync.objects.get(pk=left.pk).state == "sending"
    with start() as last:
        finish(left, last)
    assert_everything_once(stripe_api, connection)


def stage(connection, invoice):
    with transaction.atomic():
        return syncs.stage(connection_id=connection.id, kind=Kind.INVOICE, entity_id=invoice.id)


def finish(sync, running):
    """Lets the sweep find the dead worker's row once its lease has run out."""
    empty_broker()
    sync.refresh_from_db()
    until(lambda: timezone.now() > sync.leased_until, "the lease has run out")
    sweep.sweep(timezone.now() + timedelta(seconds=16))

    def done():
        sync.refresh_from_db()
        assert sync.state != "blocked", sync.last_error
        if sync.state == "sending" and sync.next_attempt_at and sync.leased_until is None:
            # Stripe was still busy ("key in use"): the retry that is due in some seconds is made now.
            syncs.retry(sync.id, timezone.now())
        return sync.state == "done"

    until(done, "the push is finished", running.log)


def assert_everything_once(stripe_api, connection):
    found = stripe_api.v1.invoices.list({"limit": 100}).data
    assert [(one.status, one.total, len(one.lines.data)) for one in found] == [("open", 5400, 3)] * len(
        POINTS
    )
    assert len({one.metadata["flexprice_invoice_id"] for one in found}) == len(POINTS)
    assert len(stripe_api.v1.customers.list({"limit": 100}).data) == len(POINTS)
    mappings = EntityMapping.objects.filter(connection=connection, entity_type=Kind.INVOICE)
    assert {row.provider_entity_id for row in mappings} == {row.id for row in found}
    assert {row.metadata["stage"] for row in mappings} == {"finalized"}
