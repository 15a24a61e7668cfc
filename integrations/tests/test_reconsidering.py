"""A push that was blocked by wrong data continues by itself once the data is right."""

import pytest

from billing.events import Kind
from billing.models import Plan
from billing.services.customers import customers
from integrations.errors import Rejected
from integrations.models import OutboundSync
from integrations.outbox import worker
from integrations.testing import push
from integrations.tests.factories import CustomerFactory


@pytest.fixture
def customer(connection):
    return CustomerFactory(environment=connection.environment)


@pytest.fixture
def plan(customer):
    """A plan whose push needs the customer's counterpart."""
    return Plan.objects.create(environment=customer.environment, name=customer.id)


@pytest.fixture
def blocked(connection, plan, server):
    """The plan's push, blocked by the customer's wrong data."""
    server.faults = {1: {"before": Rejected("no such address")}}
    sync = push(connection, Kind.PLAN, plan.id)
    assert (sync.state, sync.last_error) == ("blocked", "no such address")
    return sync


def corrected(customer):
    customers.update(
        environment_id=customer.environment_id, customer_id=customer.id, changes={"name": "Right"}
    )


def deliver(sync):
    worker.deliver(sync.id, now=sync.next_attempt_at)
    sync.refresh_from_db()
    return sync


@pytest.mark.parametrize("switch", [True, False])
def test_a_push_that_another_entity_blocked_continues(connection, customer, blocked, server, switch):
    connection.customer_outbound_enabled = switch
    connection.save()
    corrected(customer)
    blocked.refresh_from_db()
    assert (blocked.state, blocked.attempts) == ("pending", 0)
    assert deliver(blocked).state == "done"
    assert [person["name"] for person in server.objects("peo")] == ["Right"]


def test_a_push_that_something_else_blocked_stays_blocked(connection, customer, blocked):
    other = CustomerFactory(environment=customer.environment)
    corrected(other)
    blocked.refresh_from_db()
    assert blocked.state == "blocked"


def test_its_own_correction_lets_it_continue(connection, customer, server):
    server.faults = {1: {"before": Rejected("no such address")}}
    wrong = push(connection, Kind.CUSTOMER, customer.id)
    corrected(customer)
    assert OutboundSync.objects.get().state == "pending", "the correction's push and the blocked one are one"
    wrong.refresh_from_db()
    assert deliver(wrong).state == "done"


def test_a_blocked_push_that_a_later_one_made_needless_is_cancelled(connection, customer, server):
    server.faults = {2: {"before": Rejected("no such tag")}}
    wrong = push(connection, Kind.CUSTOMER, customer.id)
    corrected(customer)
    right = OutboundSync.objects.get(state="pending")
    assert deliver(right).state == "done"
    wrong.refresh_from_db()
    assert wrong.state == "cancelled"
    assert wrong.last_error == (
        f"{right.id} succeeded later, so nothing is left to do. This sync had ended with: no such tag"
    )
