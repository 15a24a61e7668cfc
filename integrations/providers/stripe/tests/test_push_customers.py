"""A customer on its way to Stripe: one call to create, one for each later change, none otherwise."""

from dataclasses import replace

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.services import customers
from integrations import outbox
from integrations.models import EntityMapping
from integrations.providers.stripe.tests import made
from integrations.providers.stripe.translate import customers as translate
from integrations.testing import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def pushed(simulator, connection, customer):
    assert push(connection, Kind.CUSTOMER, customer.id).state == "done"
    return customer


def change(customer, **changes):
    customers.update(environment_id=customer.environment_id, customer_id=customer.id, changes=changes)


def at_stripe(theirs, customer):
    return theirs.v1.customers.retrieve(EntityMapping.objects.get(entity_id=customer.id).provider_entity_id)


def calls(simulator):
    return [one["operation"] for one in simulator.requests() if one["method"] != "GET"]


def test_all_fields_are_told_in_one_call(simulator, theirs, pushed):
    assert calls(simulator) == ["customers.create"]
    found = at_stripe(theirs, pushed)
    assert (found.name, found.email, found.phone) == (made.ADA.name, made.ADA.email, made.ADA.phone)
    assert (found.address.line1, found.address.country, found.address.line2) == (
        made.ADA.address_line1, "GB", None,
    )  # fmt: skip
    assert found.metadata.to_dict() == {
        "flexprice_customer_id": pushed.id,
        "flexprice_environment": pushed.environment_id,
        "external_id": "crm-1",
        "tier": "gold",
    }


def test_nothing_new_is_no_call(simulator, connection, pushed):
    push(connection, Kind.CUSTOMER, pushed.id)
    assert calls(simulator) == ["customers.create"]


def test_a_change_is_one_call_and_what_was_cleared_is_cleared(simulator, theirs, connection, pushed):
    change(pushed, email="countess@example.com", phone="", metadata={"colour": "blue"})
    theirs.v1.customers.update(at_stripe(theirs, pushed).id, {"metadata": {"somebody": "else's"}})
    push(connection, Kind.CUSTOMER, pushed.id)
    assert calls(simulator) == ["customers.create", "customers.update", "customers.update"]
    found = at_stripe(theirs, pushed)
    assert (found.email, found.phone) == ("countess@example.com", None)
    kept = {name: value for name, value in found.metadata.to_dict().items() if "flexprice" not in name}
    assert kept == {"external_id": "crm-1", "colour": "blue", "somebody": "else's"}


def test_a_change_made_while_the_answer_was_lost_is_told_too(simulator, theirs, connection, customer):
    simulator.faults.add("customers.create", "reset_after")
    assert push(connection, Kind.CUSTOMER, customer.id).state == "sending"
    change(customer, email="countess@example.com")
    for sync in connection.outbound_syncs.filter(state="sending"):
        deliver_now(sync)
    for sync in connection.outbound_syncs.filter(state="pending"):
        deliver_now(sync)
    assert at_stripe(theirs, customer).email == "countess@example.com"
    assert len(theirs.v1.customers.list().data) == 1


def deliver_now(sync):
    outbox.retry(sync.id, timezone.now())
    outbox.deliver(sync.id, now=timezone.now())


def test_an_archived_customer_stays_at_stripe(simulator, theirs, connection, pushed):
    customers.archive(environment_id=pushed.environment_id, customer_id=pushed.id)
    sync = push(connection, Kind.CUSTOMER, pushed.id)
    assert sync.calls.get().detail == (
        "An archived customer stays at Stripe as it is: deleting it there is final."
    )
    assert at_stripe(theirs, pushed).name == "Ada Lovelace"


def test_an_empty_customer_is_created_with_our_ids_only():
    assert translate.create_params(replace(made.ADA, **blank()), "cust_1", "env_1") == {
        "metadata": {"flexprice_customer_id": "cust_1", "flexprice_environment": "env_1"}
    }


def blank():
    return {
        name: {} if name == "metadata" else "" for name in made.ADA.__dataclass_fields__ if name != "currency"
    }
