"""A customer that says which of Stripe's it is: ``metadata.stripe_customer_id``, as in FlexPrice."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from billing.services.customers import customers
from integrations.models import Conflict, EntityMapping, InboundEvent, OutboundSync
from integrations.outbox import worker
from integrations.providers.stripe.tests import builders
from integrations.testing import make_connection, push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def theirs(stripe_api, connection):
    connection.customer_inbound_enabled = False
    connection.save()
    return stripe_api.v1.customers.create({"name": "Ada L.", "email": "ada@example.com"})


@pytest.fixture
def given(api):
    """Creates a customer over the API that says which of Stripe's it is."""

    def create(stripe_id, **fields):
        body = {"name": "Ada", "metadata": {"stripe_customer_id": stripe_id}} | fields
        made = api.post("/v1/customers", body, format="json")
        assert made.status_code == 201, made.json()
        return Customer.objects.get(pk=made.json()["id"])

    return create


def blocked(text):
    sync = OutboundSync.objects.get(state="blocked")
    assert text in sync.last_error, sync.last_error
    return sync


class TestAGivenCustomer:
    def test_is_linked_and_no_other_is_made(self, theirs, given, stripe_api, pipelines):
        customer = given(theirs.id)
        pipelines.settle()
        assert EntityMapping.objects.get().provider_entity_id == theirs.id
        assert len(stripe_api.v1.customers.list().data) == 1
        assert customer.pk == EntityMapping.objects.get().entity_id

    def test_overwrites_nothing_without_a_word(self, theirs, given, connection, stripe_api, pipelines):
        connection.customer_owner = "newest"
        connection.save()
        customer = given(theirs.id)
        pipelines.settle()
        customer.refresh_from_db()
        assert (customer.name, stripe_api.v1.customers.retrieve(theirs.id).name) == ("Ada", "Ada L.")
        assert "name" in Conflict.objects.filter(winner="").values_list("field", flat=True)

    def test_is_linked_by_the_push_of_its_invoice_too(self, theirs, given, connection, stripe_api):
        invoice = builders.invoice(given(theirs.id))
        assert push(connection, Kind.INVOICE, invoice.pk).state == "done"
        assert stripe_api.v1.invoices.list().data[0].customer == theirs.id
        assert EntityMapping.objects.get(entity_type="customer").metadata["held"]["name"] == "Ada L."

    def test_that_does_not_exist_is_said_and_goes_on_once_corrected(
        self, theirs, given, pipelines, stripe_api, connection
    ):
        customer = given("cus_none")
        invoice = builders.invoice(customer)
        pipelines.settle()
        assert (
            "cus_none, which does not exist at Stripe"
            in OutboundSync.objects.filter(state="blocked")[0].last_error
        )
        customers.update(
            environment_id=customer.environment_id,
            customer_id=customer.pk,
            changes={"metadata": {"stripe_customer_id": theirs.id}},
        )
        pipelines.settle()
        assert EntityMapping.objects.get(entity_id=customer.pk).provider_entity_id == theirs.id
        assert EntityMapping.objects.filter(entity_id=invoice.pk).exists()

    def test_that_is_too_long_for_an_id_is_said(self, given, pipelines):
        given("cus_" + "0" * 252)
        pipelines.settle()
        blocked("cus_0000000000000000..., which is longer than the 255 characters of an id. Correct it")

    def test_that_was_deleted_is_said(self, theirs, given, stripe_api, pipelines):
        stripe_api.v1.customers.delete(theirs.id)
        given(theirs.id)
        pipelines.settle()
        blocked("was deleted at Stripe")

    def test_that_was_another_row_which_has_ended_is_said(
        self, theirs, given, connection, environment, stripe_api, pipelines
    ):
        ended = Customer.objects.create(environment=environment, name="Bob", status="archived")
        mapping = EntityMapping.objects.create(
            connection=connection, entity_type=Kind.CUSTOMER, entity_id=ended.pk, provider_entity_id=theirs.id
        )
        stripe_api.v1.customers.delete(theirs.id)
        EntityMapping.objects.filter(pk=mapping.pk).update(gone_at=timezone.now(), gone_choice="archive")
        row = given(theirs.id)
        pipelines.settle()
        sync = blocked(f"{theirs.id}, which was {ended.pk}'s and is gone at Stripe. Correct it")
        assert (sync.entity_id, sync.waits_for) == (row.pk, f"customer:{row.pk}")

    def test_of_another_environment_is_said(self, theirs, given, stripe_api, pipelines):
        stripe_api.v1.customers.update(theirs.id, {"metadata": {"flexprice_environment": "env_other"}})
        given(theirs.id)
        pipelines.settle()
        blocked("another environment of FlexSync, env_other")

    def test_that_is_linked_already_is_said(self, theirs, given, pipelines):
        first = given(theirs.id)
        pipelines.settle()
        given(theirs.id, external_id="crm-2")
        pipelines.settle()
        assert first.pk in blocked("already linked").last_error

    def test_that_a_person_unlinked_is_not_linked_again(
        self, api, theirs, given, connection, stripe_api, pipelines
    ):
        customer = given(theirs.id)
        pipelines.settle()
        api.delete(f"/v1/mappings/{EntityMapping.objects.get().pk}?reason=Wrong")
        assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
        assert len(stripe_api.v1.customers.list().data) == 2


class TestAnEventThatComesFirst:
    """The connection is paused: both sides wait, and the event of Stripe's customer is applied first."""

    def test_links_the_oldest_row_that_names_its_customer(
        self, api, given, connection, stripe_api, pipelines
    ):
        api.post(f"/v1/connections/{connection.pk}/pause")
        theirs, other = (stripe_api.v1.customers.create({"name": name}) for name in ("Ada L.", "Eve"))
        archived, ada, second = (given(theirs.id, external_id=f"crm-{number}") for number in range(3))
        customers.archive(environment_id=connection.environment_id, customer_id=archived.pk)
        pipelines.simulator.flush_deliveries()
        assert set(InboundEvent.objects.values_list("state", flat=True)) == {"pending"}
        api.post(f"/v1/connections/{connection.pk}/resume")
        pipelines.settle()
        linked = dict(EntityMapping.objects.values_list("provider_entity_id", "entity_id"))
        assert linked[theirs.id] == ada.pk
        assert Customer.objects.filter(pk=linked[other.id], name="Eve").exists()
        assert Customer.objects.count() == 4
        assert stripe_api.v1.customers.retrieve(theirs.id).metadata["flexprice_customer_id"] == ada.pk
        assert "name" in Conflict.objects.filter(winner="").values_list("field", flat=True)
        assert blocked("already linked").entity_id == second.pk


class TestTwoAccounts:
    @pytest.fixture
    def other(self, environment):
        return make_connection(
            environment.pk, "stripe", name="Other", credentials={"secret_key": "sk_test_other_account"}
        )

    def deliver(self, *connections):
        """Delivers what waits at each, in that order, three times."""
        for hours, connection in enumerate(connections * 3):
            for sync in OutboundSync.objects.filter(connection=connection, settled_at=None):
                worker.deliver(sync.pk, now=timezone.now() + timedelta(hours=hours))

    @pytest.mark.parametrize("first", [0, 1])
    def test_the_one_that_has_it_links_it(self, theirs, connection, other, given, first, stripe_api):
        # As here: nothing changes here when it is linked, which would begin other syncs.
        stripe_api.v1.customers.update(theirs.id, {"name": "Ada", "email": ""})
        given(theirs.id)
        self.deliver(*([connection, other] if first == 0 else [other, connection]))
        linked = dict(EntityMapping.objects.values_list("connection_id", "provider_entity_id"))
        assert linked[connection.pk] == theirs.id
        assert linked[other.pk] not in ("", theirs.id)
        assert [(one.state, one.last_error) for one in OutboundSync.objects.exclude(state="done")] == []

    def test_the_others_wait_until_it_is_known(self, theirs, connection, other, given):
        given(theirs.id)
        waiting = OutboundSync.objects.get(connection=other)
        worker.deliver(waiting.pk, now=timezone.now())
        waiting.refresh_from_db()
        assert (waiting.state, waiting.last_error[:11]) == ("sending", "Waits until")

    def test_it_is_said_where_none_has_it(self, theirs, connection, other, given):
        given("cus_none")
        self.deliver(connection, other)
        assert {sync.state for sync in OutboundSync.objects.all()} == {"blocked"}
