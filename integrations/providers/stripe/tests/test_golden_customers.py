"""customer.*: the rows that each golden event leaves."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import customers, default_methods
from integrations.inbox import processing
from integrations.models import Conflict, EntityMapping
from integrations.providers.stripe.handlers.waiting import WAITING_ATTEMPTS
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection

pytestmark = pytest.mark.django_db


def test_a_new_customer_is_created_with_all_fields(world):
    world.arrives("customer_created__full")
    grace = Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__full"))
    assert (grace.name, grace.email, grace.phone) == ("Grace Hopper", "grace@navy", "555-0100")
    assert (grace.address_line1, grace.address_city, grace.address_state) == ("1 Navy Way", "Arlington", "VA")
    assert (grace.address_postal_code, grace.address_country) == ("22202", "")
    assert grace.metadata == {"rank": "admiral"}


def test_a_customer_without_anything_is_created_too(world):
    world.arrives("customer_created__bare")
    assert Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__bare")).name == ""


def test_an_update_changes_and_clears(world):
    world.arrives("customer_created__full", "customer_updated__address")
    grace = Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__full"))
    assert (grace.email, grace.phone, grace.address_country) == ("grace@example.com", "", "US")


def test_an_update_before_its_creation_creates(world):
    world.arrives("customer_updated__address")
    assert world.arrive("customer_created__full").state == "ignored"
    grace = Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__full"))
    assert grace.email == "grace@example.com"


def test_a_deleted_customer_is_archived_for_good(world):
    world.arrives("customer_created__full", "customer_deleted__plain")
    assert world.arrive("customer_updated__address").state == "ignored"
    grace = Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__full"))
    assert grace.status == "archived"


def test_a_deletion_before_its_creation_ends_as_after_it(world):
    world.arrives("customer_deleted__plain")
    assert world.arrive("customer_created__full").state == "ignored"
    gone = Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_deleted__plain"))
    assert (gone.status, Customer.objects.count()) == ("archived", 2)


def test_a_customer_with_an_id_of_flexsync_is_linked(world):
    world.arrives("customer_created__flexsync_id")
    assert world.local_id(Kind.CUSTOMER, "customer_created__flexsync_id") == world.ada.id
    world.ada.refresh_from_db()
    assert Customer.objects.count() == 1 and world.ada.name == "Ada Lovelace"


def test_a_customer_with_a_known_external_id_is_linked(world):
    world.arrives("customer_created__external_id")
    assert world.local_id(Kind.CUSTOMER, "customer_created__external_id") == world.ada.id
    assert Customer.objects.count() == 1


def test_an_external_id_that_is_linked_already_is_a_conflict_with_both_parties(world):
    world.link(Kind.CUSTOMER, world.ada.id, "cus_other")
    row = world.arrive("customer_created__external_id")
    assert row.state == "dead"
    assert world.ada.id in row.reason and "cus_other" in row.reason and row.object_id in row.reason
    assert {(party["ours"], party["theirs"]) for party in row.conflict} == {
        (world.ada.id, "cus_other"),
        (world.ada.id, row.object_id),
    }


def test_two_matches_are_a_conflict_until_an_operator_decides(world, environment):
    bob = builders.customer(environment, name="Bob", external_id="crm-2")
    row = world.arrive("customer_created__two_matches")
    assert (row.state, {party["ours"] for party in row.conflict}) == ("dead", {world.ada.id, bob.id})
    assert not EntityMapping.objects.exists()
    world.link(Kind.CUSTOMER, bob.id, "cus_two_matches")
    processing.replay([row.pk], timezone.now())
    processing.process(row.pk, timezone.now())
    row.refresh_from_db()
    assert (row.state, row.conflict) == ("applied", None)
    bob.refresh_from_db()
    assert bob.name == "Bob", "nothing tells which name is right"
    conflict = Conflict.objects.get(field="name")
    assert (conflict.ours, conflict.theirs, conflict.winner) == ("Bob", "Ada", "")


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"name": None, "email": None}, ("", "")),
        ({"name": "x" * 300, "email": "no mail"}, ("x" * 300, "no mail")),
        ({"preferred_locales": ["!", "pt-BR"], "currency": "xxx"}, ("Grace Hopper", "grace@navy")),
    ],
)
def test_odd_values_never_lose_a_customer(world, values, kept):
    event = world.event("customer_created__full")
    event["data"]["object"].update(values)
    assert receive_signed(world.connection, event).state == "applied"
    grace = Customer.objects.get(pk=world.local_id(Kind.CUSTOMER, "customer_created__full"))
    assert (grace.name, grace.email) == kept


def test_an_external_id_that_an_update_takes_from_another_is_a_conflict_in_the_end(world):
    world.arrives("customer_created__full")
    grace = world.local_id(Kind.CUSTOMER, "customer_created__full")
    event = world.event("customer_updated__address")
    event["data"]["object"]["metadata"] = {"external_id": "crm-1"}
    row = world.take(event)
    assert row.state == "pending", row.reason
    while row.state == "pending":
        row = world.try_again(row)
    assert (row.state, row.attempts) == ("dead", WAITING_ATTEMPTS + 1)
    assert "change the external_id of one of the two" in row.reason
    assert [(party["ours"], party["theirs"]) for party in row.conflict] == [
        (grace, row.object_id),
        (world.ada.id, ""),
    ]
    assert Customer.objects.get(pk=grace).external_id == ""


def test_a_default_that_is_chosen_at_stripe_is_followed(world):
    world.arrives("customer_created__full")
    grace = world.local_id(Kind.CUSTOMER, "customer_created__full")
    event = world.event("customer_updated__address")
    event["data"]["object"]["invoice_settings"]["default_payment_method"] = "pm_new"
    event["data"]["previous_attributes"] = {"invoice_settings": {"default_payment_method": None}}
    assert world.take(event).state == "applied"
    assert default_methods.known(Customer.objects.get(pk=grace)) == {world.connection.pk: "pm_new"}


def test_an_external_id_of_an_archived_customer_is_free(world):
    customers.archive(environment_id=world.ada.environment_id, customer_id=world.ada.id)
    world.arrives("customer_created__external_id")
    assert world.local_id(Kind.CUSTOMER, "customer_created__external_id") != world.ada.id


def test_another_environments_customer_is_ignored(world):
    row = world.arrive("customer_created__elsewhere")
    assert (row.state, row.reason) == (
        "ignored",
        "The customer belongs to another environment, env_elsewhere.",
    )
    assert Customer.objects.count() == 1


def test_nothing_arrives_while_the_switch_is_off(world, environment):
    world.connection = make_connection(
        environment.id, "stripe", on=(), name="Off", credentials={"secret_key": "sk_test_x"}
    )
    row = world.arrive("customer_created__full")
    assert (row.state, row.reason) == ("ignored", "customer_inbound_enabled is off for this connection")
    assert Customer.objects.count() == 1
