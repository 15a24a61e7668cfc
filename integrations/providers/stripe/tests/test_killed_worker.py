"""After kill -9 of real workers at each recovery point of an invoice's push, every object exists once."""

import pytest

from billing.events import Kind
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.real_workers import finish, stage
from integrations.testing import make_connection
from integrations.tests.workers import until

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


def test_each_recovery_point_survives_kill_9(start, simulator, stripe_api, connection, environment):
    """Each worker finishes what its killed predecessor left, and is killed at the next point."""
    left = None
    for operation, effect in POINTS:
        with start(OUTBOX_LEASE_SECONDS="1") as victim:
            if left is not None:
                finish(left, victim)
            invoice = builders.invoice(builders.customer(environment, name=f"{operation} {effect}"))
            simulator.faults.clear()
            simulator.faults.add(operation, effect, seconds=1.5)
            left = stage(connection, Kind.INVOICE, invoice.id)
            until(lambda: simulator.faults.all()[0]["fired"], f"{operation} hangs", victim.log)
            victim.kill()
        assert OutboundSync.objects.get(pk=left.pk).state == "sending"
    with start(OUTBOX_LEASE_SECONDS="1") as last:
        finish(left, last)
    assert_everything_once(stripe_api, connection)


def assert_everything_once(stripe_api, connection):
    found = stripe_api.v1.invoices.list({"limit": 100}).data
    assert [(row.status, row.total, len(row.lines.data)) for row in found] == [("open", 5400, 3)] * len(
        POINTS
    )
    assert len({row.metadata["flexprice_invoice_id"] for row in found}) == len(POINTS)
    assert len(stripe_api.v1.customers.list({"limit": 100}).data) == len(POINTS)
    mappings = EntityMapping.objects.filter(connection=connection, entity_type=Kind.INVOICE)
    assert {row.provider_entity_id for row in mappings} == {row.id for row in found}
    assert {row.metadata["stage"] for row in mappings} == {"finalized"}
