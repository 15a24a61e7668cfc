"""What follows a change of a mapping by hand: both sides are in step, and what waited goes on by itself."""

import pytest

from billing.events import Kind
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models import Customer
from billing.services.customers import customers, default_methods
from billing.services.subscriptions import subscriptions
from integrations.models import Conflict, Connection, EntityMapping, InboundEvent, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made_there(stripe_api, pipelines, connection):
    """Makes a customer at Stripe while customers do not come here."""

    def make(**params):
        connection.customer_inbound_enabled = False
        connection.save()
        made = stripe_api.v1.customers.create(params)
        pipelines.settle()
        connection.customer_inbound_enabled = True
        connection.save()
        return made

    return make


def test_a_link_overwrites_nothing_and_both_sides_are_followed_from_then_on(
    link, made_there, environment, stripe_api, pipelines
):
    theirs = made_there(name="Ada L.", phone="+1 555", metadata={"crm": "7"})
    customer = builders.customer(environment)
    assert link("customer", customer.pk, theirs.id).status_code == 201
    pipelines.settle()
    assert stripe_api.v1.customers.retrieve(theirs.id).name == "Ada L."
    place = {"environment_id": customer.environment_id, "customer_id": customer.pk}
    customers.update(**place, changes={"address_city": "Paris"})
    stripe_api.v1.customers.update(theirs.id, {"email": "ada@new.example"})
    pipelines.settle()
    there = stripe_api.v1.customers.retrieve(theirs.id)
    customer.refresh_from_db()
    assert (there.name, there.phone, there.address.city) == ("Ada L.", "+1 555", "Paris")
    assert (customer.name, customer.phone, customer.email) == (
        "Ada Lovelace",
        builders.ADA.phone,
        "ada@new.example",
    )
    assert there.metadata["flexprice_customer_id"] == customer.pk
    assert customer.metadata == {"tier": "gold"}
    assert len(stripe_api.v1.customers.list().data) == 1
    assert not Conflict.objects.exists()


class TestAPushThatWasBlocked:
    @pytest.fixture
    def blocked(self, connection, customer, stripe_api, pipelines):
        """The mapping of a customer who is gone at Stripe, which nobody here has heard of."""
        pipelines.settle()
        linked = EntityMapping.objects.get()
        stripe_api.v1.customers.delete(linked.provider_entity_id)
        pipelines.simulator.flush_deliveries()
        InboundEvent.objects.all().delete()
        Customer.objects.filter(pk=customer.pk).update(name="Ada King")
        assert push(connection, Kind.CUSTOMER, customer.pk).state == "blocked"
        return linked

    def test_goes_on_after_a_relink(self, api, blocked, made_there, stripe_api, pipelines):
        address, sync = f"/v1/mappings/{blocked.pk}/relink", OutboundSync.objects.get(state="blocked")
        other = made_there(name="Ada, again")
        body = {"provider_entity_id": other.id, "reason": "Wrong."}
        shown = api.post(f"{address}?dry_run=true", body, format="json").json()
        assert shown["goes_on"]["syncs"] == [sync.pk]
        assert api.post(address, body, format="json").status_code == 200
        pipelines.settle()
        sync.refresh_from_db()
        assert sync.state == "done"
        assert stripe_api.v1.customers.retrieve(other.id).name == "Ada, again"

    def test_makes_another_one_after_an_unlink(self, api, blocked, stripe_api, pipelines):
        assert api.delete(f"/v1/mappings/{blocked.pk}?reason=Wrong").status_code == 204
        pipelines.settle()
        [there] = stripe_api.v1.customers.list().data
        assert there.name == "Ada King"
        assert EntityMapping.objects.exclude(entity_id="").get().provider_entity_id == there.id


class TestAPushThatNeedsTheCounterpart:
    @pytest.fixture
    def blocked(self, environment, connection, customer, stripe_api, pipelines):
        """A subscription whose push has made its customer, who has no card."""
        item = SubscriptionItemFacts(price_id=builders.price(environment).pk)
        facts = SubscriptionFacts(customer_id=customer.pk, currency="USD", items=(item,))
        made = subscriptions.create(environment_id=environment.pk, facts=facts)
        OutboundSync.objects.filter(entity_type="customer").delete()
        assert push(connection, Kind.SUBSCRIPTION, made.pk).state == "blocked"
        return EntityMapping.objects.get(entity_id=customer.pk)

    def test_goes_on_with_the_one_that_takes_its_place(self, api, blocked, made_there, stripe_api, pipelines):
        other = made_there(name="With a card")
        method = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": other.id}).id
        settings = {"invoice_settings": {"default_payment_method": method}}
        stripe_api.v1.customers.update(other.id, settings)
        address, body = (
            f"/v1/mappings/{blocked.pk}/relink",
            {"provider_entity_id": other.id, "reason": "Wrong."},
        )
        assert api.post(address, body, format="json").status_code == 200
        pipelines.settle()
        [there] = stripe_api.v1.subscriptions.list().data
        assert there.customer == other.id

    def test_does_not_go_on_with_the_one_that_was_unlinked(self, api, blocked, pipelines):
        assert api.delete(f"/v1/mappings/{blocked.pk}?reason=Wrong").status_code == 204
        pipelines.settle()
        linked = EntityMapping.objects.get(entity_id=blocked.entity_id)
        assert linked.provider_entity_id != blocked.provider_entity_id


class TestAnEventThatIsDeadForAMapping:
    @pytest.fixture
    def dead(self, environment, stripe_api, pipelines):
        """A customer of Stripe's that two rows here match, and the two."""
        ada, bob = builders.customer(environment), builders.customer(environment, external_id="crm-2")
        made = stripe_api.v1.customers.create(
            {"name": "Ada there", "metadata": {"flexprice_customer_id": ada.pk, "external_id": "crm-2"}}
        )
        pipelines.settle()
        return made, ada, bob

    def test_goes_on_after_a_link(self, api, link, dead, pipelines):
        made, ada, _bob = dead
        event = InboundEvent.objects.get(state="dead", object_id=made.id)
        assert "POST /v1/mappings" in event.reason
        taken = EntityMapping.objects.get(entity_id=ada.pk)
        moved = api.post(
            f"/v1/mappings/{taken.pk}/relink",
            {"provider_entity_id": made.id, "reason": "Wrong."},
            format="json",
        )
        assert moved.status_code == 200, moved.json()
        pipelines.settle()
        event.refresh_from_db()
        ada.refresh_from_db()
        assert (event.state, ada.name) == ("applied", "Ada Lovelace")


def test_an_invoice_of_an_unlinked_customer_waits_for_the_link(api, link, customer, stripe_api, pipelines):
    pipelines.settle()
    linked = EntityMapping.objects.get()
    api.delete(f"/v1/mappings/{linked.pk}?reason=by+mistake")
    stripe_api.v1.invoice_items.create(
        {"customer": linked.provider_entity_id, "amount": 500, "currency": "usd"}
    )
    stripe_api.v1.invoices.create({"customer": linked.provider_entity_id})
    pipelines.settle()
    waiting = InboundEvent.objects.filter(state="dead")
    assert waiting and all("was unlinked from" in event.reason for event in waiting)
    assert link("customer", customer.pk, linked.provider_entity_id).status_code == 201
    pipelines.settle()
    assert customer.invoices.count() == 1


class TestWhatStripeKeepsForACustomer:
    def give(self, stripe_api, stripe_id, credit):
        """A card, and credit (minor units)."""
        method = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": stripe_id}).id
        settings = {"invoice_settings": {"default_payment_method": method}}
        stripe_api.v1.customers.update(stripe_id, settings)
        movement = {"amount": -credit, "currency": "usd"}
        stripe_api.v1.customers.balance_transactions.create(stripe_id, movement)

    @pytest.fixture
    def moved(self, api, made_there, customer, stripe_api, pipelines):
        """A customer with a card and credit at Stripe, and another one there with a card and credit."""
        pipelines.settle()
        linked = EntityMapping.objects.get()
        self.give(stripe_api, linked.provider_entity_id, 400)
        pipelines.settle()
        other = made_there(name="Twin")
        Connection.objects.update(customer_inbound_enabled=False)
        self.give(stripe_api, other.id, 700)
        pipelines.settle()
        customer.refresh_from_db()
        assert customer.balances[linked.connection_id] == {"USD": "-4.00"}
        return linked, other

    def test_goes_with_the_one_that_is_unlinked(self, api, moved, customer):
        linked, _other = moved
        api.delete(f"/v1/mappings/{linked.pk}?reason=Wrong")
        customer.refresh_from_db()
        assert customer.balances == {} and default_methods.known(customer) == {}

    def test_comes_with_the_one_that_takes_its_place(self, api, moved, customer, stripe_api, pipelines):
        linked, other = moved
        address, body = (
            f"/v1/mappings/{linked.pk}/relink",
            {"provider_entity_id": other.id, "reason": "Wrong."},
        )
        there = stripe_api.v1.customers.retrieve(other.id).invoice_settings.default_payment_method
        shown = api.post(f"{address}?dry_run=true", body, format="json").json()
        assert any("default_payment_method becomes Stripe's" in warning for warning in shown["warnings"])
        assert api.post(address, body, format="json").status_code == 200
        customer.refresh_from_db()
        assert customer.balances == {linked.connection_id: {"USD": "-7.00"}}
        assert default_methods.known(customer) == {linked.connection_id: there}
        pipelines.settle()
        assert stripe_api.v1.customers.retrieve(other.id).invoice_settings.default_payment_method == there


VAT = {"type": "eu_vat", "value": "DE123456789"}


@pytest.mark.parametrize("is_given", [False, True])
def test_a_tax_id_that_both_have_is_not_made_again(
    api, link, made_there, connection, stripe_api, pipelines, is_given
):
    theirs = made_there(name="Ada", tax_id_data=[VAT, {"type": "gb_vat", "value": "GB123456789"}])
    given = {"metadata": {"stripe_customer_id": theirs.id}} if is_given else {}
    body = {"name": "Ada", "tax_ids": [VAT, {"type": "us_ein", "value": "12-3456789"}]}
    made = api.post("/v1/customers", body | given, format="json").json()
    if not is_given:
        shown = link("customer", made["id"], theirs.id, "?dry_run=true").json()
        [tax_ids] = [one for one in shown["comparison"] if one["field"] == "tax_ids"]
        assert len(set(tax_ids["ours"]) & set(tax_ids["theirs"])) == 1
        assert link("customer", made["id"], theirs.id).status_code == 201
    assert push(connection, Kind.CUSTOMER, made["id"]).state == "done"
    pipelines.settle()
    there = stripe_api.v1.customers.tax_ids.list(theirs.id).data
    assert sorted(one.type for one in there) == ["eu_vat", "gb_vat", "us_ein"]
