"""Pushing a customer takes one call to create it, one for each later change, and none otherwise."""

from dataclasses import replace
from threading import Thread

import pytest
from django.db import connection as database
from django.utils import timezone

from billing.events import Kind
from billing.facts import TaxIdFacts
from billing.services.customers import customers
from integrations.models import EntityMapping
from integrations.outbox import dry_run, syncs, worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.translate import customers as translate
from integrations.testing import push
from integrations.tests.workers import until

pytestmark = pytest.mark.django_db


@pytest.fixture
def pushed(simulator, connection, customer):
    assert push(connection, Kind.CUSTOMER, customer.id).state == "done"
    return customer


def change(customer, **changes):
    customers.update(environment_id=customer.environment_id, customer_id=customer.id, changes=changes)


def at_stripe(stripe_api, customer):
    return stripe_api.v1.customers.retrieve(
        EntityMapping.objects.get(entity_id=customer.id).provider_entity_id
    )


def calls(simulator):
    return [call["operation"] for call in simulator.requests() if call["method"] != "GET"]


def test_all_fields_are_sent_in_one_call(simulator, stripe_api, pushed):
    assert calls(simulator) == ["customers.create"]
    found = at_stripe(stripe_api, pushed)
    assert (found.name, found.email, found.phone) == (
        builders.ADA.name,
        builders.ADA.email,
        builders.ADA.phone,
    )
    assert (found.address.line1, found.address.country, found.address.line2) == (
        builders.ADA.address_line1, "GB", None,
    )  # fmt: skip
    assert found.metadata.to_dict() == {
        "flexprice_customer_id": pushed.id,
        "flexprice_environment": pushed.environment_id,
        "external_id": "crm-1",
        "tier": "gold",
    }


def test_no_change_is_no_call(simulator, connection, pushed):
    push(connection, Kind.CUSTOMER, pushed.id)
    assert calls(simulator) == ["customers.create"]


def test_a_change_is_one_call_that_also_clears_fields(simulator, stripe_api, connection, pushed):
    change(pushed, email="countess@example.com", phone="", metadata={"colour": "blue"})
    stripe_api.v1.customers.update(at_stripe(stripe_api, pushed).id, {"metadata": {"foreign": "value"}})
    push(connection, Kind.CUSTOMER, pushed.id)
    assert calls(simulator) == ["customers.create", "customers.update", "customers.update"]
    found = at_stripe(stripe_api, pushed)
    assert (found.email, found.phone) == ("countess@example.com", None)
    kept = {name: value for name, value in found.metadata.to_dict().items() if "flexprice" not in name}
    assert kept == {"external_id": "crm-1", "colour": "blue", "foreign": "value"}


def test_a_change_made_while_the_response_was_lost_is_sent_too(simulator, stripe_api, connection, customer):
    simulator.faults.add("customers.create", "reset_after")
    assert push(connection, Kind.CUSTOMER, customer.id).state == "sending"
    change(customer, email="countess@example.com")
    for sync in connection.outbound_syncs.filter(state="sending"):
        deliver_now(sync)
    for sync in connection.outbound_syncs.filter(state="pending"):
        deliver_now(sync)
    assert at_stripe(stripe_api, customer).email == "countess@example.com"
    assert len(stripe_api.v1.customers.list().data) == 1


def deliver_now(sync):
    syncs.retry(sync.id, timezone.now())
    worker.deliver(sync.id, now=timezone.now())


def test_an_archived_customer_stays_at_stripe(simulator, stripe_api, connection, pushed):
    customers.archive(environment_id=pushed.environment_id, customer_id=pushed.id)
    sync = push(connection, Kind.CUSTOMER, pushed.id)
    assert sync.calls.get().detail == (
        "An archived customer stays at Stripe unchanged: deleting it there cannot be undone."
    )
    assert at_stripe(stripe_api, pushed).name == "Ada Lovelace"


def test_an_empty_customer_is_created_with_its_ids_only():
    assert translate.create_params(replace(builders.ADA, **blank()), "cust_1", "env_1") == {
        "metadata": {"flexprice_customer_id": "cust_1", "flexprice_environment": "env_1"}
    }


def blank():
    blanks = {"metadata": {}, "tax_ids": ()}
    return {name: blanks.get(name, "") for name in builders.ADA.__dataclass_fields__ if name != "currency"}


class TestTaxIdsAndLocale:
    @pytest.fixture
    def taxed(self, simulator, connection, environment):
        ids = (TaxIdFacts("eu_vat", "DE123456789"), TaxIdFacts("gb_vat", "GB123456789"))
        row = builders.customer(environment, name="Taxed", preferred_locale="fr", tax_ids=ids)
        assert push(connection, Kind.CUSTOMER, row.id).state == "done"
        return row

    def test_are_sent_with_the_customer_in_one_call(self, simulator, stripe_api, taxed):
        assert calls(simulator) == ["customers.create"]
        found = at_stripe(stripe_api, taxed)
        assert found.preferred_locales == ["fr"]
        assert tax_ids(stripe_api, found) == {("eu_vat", "DE123456789"), ("gb_vat", "GB123456789")}

    def test_take_one_call_for_each_addition_and_removal(self, simulator, stripe_api, connection, taxed):
        found = at_stripe(stripe_api, taxed)
        stripe_api.v1.customers.tax_ids.create(found.id, {"type": "us_ein", "value": "12-3456789"})
        change(
            taxed, tax_ids=(TaxIdFacts("eu_vat", "DE123456789"), TaxIdFacts("ch_vat", "CHE-123.456.789 MWST"))
        )
        push(connection, Kind.CUSTOMER, taxed.id)
        assert calls(simulator)[2:] == ["customers.tax_ids.create", "customers.tax_ids.delete"]
        assert tax_ids(stripe_api, found) == {
            ("eu_vat", "DE123456789"), ("ch_vat", "CHE-123.456.789 MWST"), ("us_ein", "12-3456789"),
        }  # fmt: skip
        before = len(simulator.requests())
        push(connection, Kind.CUSTOMER, taxed.id)
        assert len(simulator.requests()) == before

    def test_that_stripe_refuses_block_the_push_with_a_clear_message(
        self, simulator, connection, environment
    ):
        row = builders.customer(environment, name="X", tax_ids=(TaxIdFacts("eu_vat", "nonsense"),))
        sync = push(connection, Kind.CUSTOMER, row.id)
        assert sync.state == "blocked" and "tax_id_data[0][value]" in sync.last_error


def tax_ids(stripe_api, customer):
    return {(row.type, row.value) for row in stripe_api.v1.customers.tax_ids.list(customer.id).data}


def test_a_dry_run_lists_the_fields_that_would_change(connection, pushed):
    change(pushed, email="countess@example.com", metadata={"colour": "blue"})
    (planned,) = dry_run.plan(connection, Kind.CUSTOMER, pushed.id)
    assert [(change.field, change.before, change.after) for change in planned.differences] == [
        ("email", "ada@example.com", "countess@example.com"),
        ("metadata.colour", None, "blue"),
        ("metadata.tier", "gold", ""),
    ]
    assert planned.params.keys() == {"email", "metadata"}


def test_what_is_reverted_after_a_lost_response_is_reverted_at_stripe(
    simulator, stripe_api, connection, pushed
):
    change(pushed, email="countess@example.com")
    simulator.faults.add("customers.update", "reset_after")
    assert push(connection, Kind.CUSTOMER, pushed.id).state == "sending"
    assert at_stripe(stripe_api, pushed).email == "countess@example.com"
    change(pushed, email="ada@example.com")
    for sync in connection.outbound_syncs.filter(state__in=["sending", "pending"]).order_by("id"):
        deliver_now(sync)
    assert at_stripe(stripe_api, pushed).email == "ada@example.com"
    assert not connection.outbound_syncs.exclude(state="done").exists()


def test_what_was_changed_at_stripe_and_reverted_here_is_sent(stripe_api, connection, pushed):
    stripe_id = at_stripe(stripe_api, pushed).id
    changed = stripe_api.v1.customers.update(stripe_id, {"email": "countess@example.com"}).to_dict()
    customers.update(
        environment_id=pushed.environment_id,
        customer_id=pushed.id,
        changes=translate.changes(changed),
        origin=connection.id,
    )
    mapping = EntityMapping.objects.get(entity_id=pushed.id)
    mapping.metadata["held"] = translate.current_params(changed)
    mapping.save()
    change(pushed, email="ada@example.com")
    push(connection, Kind.CUSTOMER, pushed.id)
    assert at_stripe(stripe_api, pushed).email == "ada@example.com"


def test_metadata_that_stripe_refuses_is_not_sent(simulator, connection, environment):
    row = builders.customer(environment, name="X", external_id="crm-9", metadata={"a[b]": "v", "c": "d"})
    assert push(connection, Kind.CUSTOMER, row.id).state == "done"
    [call] = simulator.requests("customers.create")
    assert call["params"]["metadata"].keys() & row.metadata.keys() == {"c"}


@pytest.mark.parametrize(
    ("custom", "own"),
    [
        (47, ["external_id", "flexprice_customer_id", "flexprice_environment"]),
        (48, ["flexprice_customer_id", "flexprice_environment"]),
        (49, ["flexprice_customer_id"]),
        (50, []),
    ],
)
def test_flexsync_s_own_metadata_gives_way_where_there_is_no_room(
    simulator, stripe_api, connection, environment, custom, own
):
    keys = {f"key{number}": "v" for number in range(custom)}
    row = builders.customer(environment, name="X", external_id="crm-9", metadata=keys)
    assert push(connection, Kind.CUSTOMER, row.id).state == "done"
    found = at_stripe(stripe_api, row).metadata.to_dict()
    assert len(found) == custom + len(own) and sorted(set(found) - set(keys)) == own
    change(row, email="new@example.com")
    assert push(connection, Kind.CUSTOMER, row.id).state == "done"
    assert at_stripe(stripe_api, row).email == "new@example.com"
    assert at_stripe(stripe_api, row).metadata.to_dict() == found


@pytest.mark.django_db(transaction=True)
def test_changes_during_a_push_lead_to_one_more_push(simulator, stripe_api, connection, customer):
    (first,) = connection.outbound_syncs.all()
    simulator.faults.add("customers.create", "slow", seconds=0.7)

    def change_meanwhile():
        until(lambda: simulator.faults.all()[0]["fired"], "Stripe is creating the customer")
        for number in range(5):
            change(customer, email=f"ada{number}@example.com")
        database.close()

    editor = Thread(target=change_meanwhile)
    editor.start()
    worker.deliver(first.id, now=timezone.now())
    editor.join()
    (second,) = connection.outbound_syncs.filter(state="pending")
    worker.deliver(second.id, now=timezone.now())
    assert calls(simulator) == ["customers.create", "customers.update"]
    assert at_stripe(stripe_api, customer).email == "ada4@example.com"
    assert connection.outbound_syncs.count() == 2
