"""customer.tax_id.*: a customer here has the tax ids that were added at Stripe, and loses those deleted."""

import pytest

from billing.events import Kind
from billing.facts import TaxIdFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations.models import EntityMapping
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db
VAT = {"type": "eu_vat", "value": "DE123456789"}


def here(world):
    return Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__full")).tax_ids


def test_what_was_added_comes_and_what_was_deleted_goes(world):
    world.arrives("customer_created__full", "customer_tax_id_created__vat")
    assert here(world) == [VAT]
    world.arrives("customer_tax_id_deleted__vat")
    assert here(world) == []


def test_a_deletion_that_comes_first_counts(world):
    world.arrives("customer_created__full")
    assert world.arrive("customer_tax_id_deleted__vat").state == "ignored"
    assert world.arrive("customer_tax_id_created__vat").state == "ignored"
    assert here(world) == []


def test_what_no_customer_here_can_have_stays_at_stripe(world):
    world.arrives("customer_created__full")
    event = world.event("customer_tax_id_created__vat")
    event["data"]["object"]["value"] = "9" * 200
    row = receive_signed(world.connection, event)
    assert (row.state, here(world)) == ("ignored", [])
    assert "It stays at Stripe" in row.reason


@pytest.fixture
def taxed(simulator, connection, environment):
    """Pushed with one tax id."""
    row = builders.customer(environment, name="X", tax_ids=(TaxIdFacts(**VAT),))
    assert push(connection, Kind.CUSTOMER, row.id).state == "done"
    return row


def hear(stripe_api, connection):
    events = [one.to_dict() for one in stripe_api.v1.events.list({"limit": 100}).data]
    return [receive_signed(connection, one) for one in reversed(events) if "tax_id." in one["type"]]


def test_both_sides_may_add_and_delete(stripe_api, connection, taxed):
    stripe_id = EntityMapping.objects.get(entity_id=taxed.id).provider_entity_id
    there = stripe_api.v1.customers.tax_ids
    there.create(stripe_id, {"type": "gb_vat", "value": "GB123456789"})
    there.delete(stripe_id, there.list(stripe_id).data[-1].id)
    wanted = (TaxIdFacts(**VAT), TaxIdFacts("ch_vat", "CHE-123.456.789 MWST"))
    customers.update(environment_id=taxed.environment_id, customer_id=taxed.id, changes={"tax_ids": wanted})
    hear(stripe_api, connection)
    push(connection, Kind.CUSTOMER, taxed.id)
    hear(stripe_api, connection)
    taxed.refresh_from_db()
    expected = {("ch_vat", "CHE-123.456.789 MWST"), ("gb_vat", "GB123456789")}
    assert {(one["type"], one["value"]) for one in taxed.tax_ids} == expected
    assert {(one.type, one.value) for one in there.list(stripe_id).data} == expected


@pytest.mark.parametrize("spelled_there", ["CHE-123.456.789 MWST", "CHE123456789MWST"])
def test_one_that_both_sides_add_at_once_is_at_stripe_once(stripe_api, connection, taxed, spelled_there):
    stripe_id = EntityMapping.objects.get(entity_id=taxed.id).provider_entity_id
    there, new = stripe_api.v1.customers.tax_ids, {"type": "ch_vat", "value": "CHE-123.456.789 MWST"}
    theirs = there.create(stripe_id, {**new, "value": spelled_there}).id
    wanted = (TaxIdFacts(**VAT), TaxIdFacts(**new))
    customers.update(environment_id=taxed.environment_id, customer_id=taxed.id, changes={"tax_ids": wanted})
    push(connection, Kind.CUSTOMER, taxed.id)
    assert len(there.list(stripe_id).data) == 3
    for _ in range(2):
        hear(stripe_api, connection)
        push(connection, Kind.CUSTOMER, taxed.id)
    assert {one.id for one in there.list(stripe_id).data if one.type == "ch_vat"} == {theirs}
    taxed.refresh_from_db()
    assert taxed.tax_ids == [VAT, new]
