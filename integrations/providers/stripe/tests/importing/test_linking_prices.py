"""Prices and subscriptions of both sides are linked once their plans and customers are."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import CustomerFacts, PlanFacts, PriceFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import Price, Subscription
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping, ImportFinding, ImportRun, LinkCandidate, OutboundSync
from integrations.models.link_candidates import LinkChoice
from integrations.outbox import worker
from integrations.reconcile.importing import runs, work
from integrations.reconcile.linking import decisions
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(environment):
    return plans.create(environment_id=environment.pk, facts=PlanFacts(name="Growth"))


@pytest.fixture
def product(stripe_api):
    return stripe_api.v1.products.create({"name": "Growth"})


@pytest.fixture
def price(environment, plan):
    """Makes a price of the plan here: 20 USD a month, unless said otherwise."""

    def make(**facts):
        given = {"plan_id": plan.pk, "currency": "USD", "unit_amount": Decimal(20)} | facts
        return plans.create_price(environment_id=environment.pk, facts=PriceFacts(**given))

    return make


@pytest.fixture
def their_price(stripe_api, product):
    """Makes one of the product at Stripe."""

    def make(**params):
        monthly = {"currency": "usd", "unit_amount": 2000, "recurring": {"interval": "month"}}
        return stripe_api.v1.prices.create({"product": product.id} | monthly | params)

    return make


@pytest.fixture
def ada(environment):
    return customers.create(
        environment_id=environment.pk, facts=CustomerFacts(name="Ada", email="ada@example.com")
    )


@pytest.fixture
def their_ada(stripe_api):
    found = stripe_api.v1.customers.create({"name": "Ada", "email": "ada@example.com"})
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": found.id})
    return stripe_api.v1.customers.update(found.id, {"invoice_settings": {"default_payment_method": card.id}})


@pytest.fixture
def run(connection):
    """Begins an import, and goes on until a person is asked."""
    return lambda: go_on(runs.start(connection, started_by="test", here=True))


def go_on(run):
    while work.work(run.pk, seconds=600):
        pass
    return ImportRun.objects.get(pk=run.pk)


def linked(run, choice=LinkChoice.LINK):
    """Decides all that is asked for in the same way, and goes on until a person is asked again."""
    decisions.decide(decisions.undecided(run), choice, by="ada", now=timezone.now())
    runs.settle_links(run, timezone.now(), rest_apart=False, by="ada")
    return go_on(run)


def asked(run, kind):
    """The grades of what is to be decided of that kind, by Stripe's id."""
    assert (run.state, run.linking) == ("linking", "open")
    found = decisions.undecided(run).filter(entity_type=kind)
    return dict(found.values_list("provider_entity_id", "grade"))


def counterpart(row):
    return EntityMapping.objects.get(entity_id=row.pk).provider_entity_id


class TestPrices:
    def test_are_asked_for_after_their_plans(self, run, price, their_price, product):
        ours, theirs = price(), their_price()
        found = run()
        assert asked(found, "price") == {}
        found = linked(found)
        assert asked(found, "price") == {theirs.id: "probable"}
        assert linked(found).state == "done"
        assert (counterpart(ours), Price.objects.count()) == (theirs.id, 1)

    def test_are_certain_by_an_id_or_a_lookup_key(self, run, price, their_price):
        by_key, by_id = price(lookup_key="growth-monthly"), price()
        theirs = [
            their_price(lookup_key="growth-monthly"),
            their_price(metadata={"flexprice_price_id": by_id.pk}),
        ]
        found = linked(run())
        assert asked(found, "price") == dict.fromkeys((one.id for one in theirs), "certain")
        linked(found)
        assert [counterpart(by_key), counterpart(by_id)] == [one.id for one in theirs]

    @pytest.mark.parametrize(
        "other",
        [
            {"unit_amount": 2100},
            {"currency": "eur"},
            {"recurring": {"interval": "year"}},
            {"recurring": {"interval": "month", "interval_count": 2}},
            {"active": False},
            {"lookup_key": "same", "unit_amount": 2100},
        ],
    )
    def test_that_ask_for_something_else_are_not(self, run, price, their_price, other):
        price(lookup_key="same")
        their_price(**other)
        assert linked(run()).state == "done"
        assert not LinkCandidate.objects.filter(entity_type="price").exists()

    def test_of_plans_that_are_kept_apart_are_not(self, run, price, their_price):
        price()
        their_price()
        assert linked(run(), LinkChoice.APART).state == "done"
        assert Price.objects.count() == 2

    def test_are_several_where_their_plan_has_two_such(self, run, price, their_price):
        price()
        price()
        theirs = their_price()
        assert asked(linked(run()), "price") == {theirs.id: "several"}

    def test_are_asked_for_alone_where_their_plan_is_linked(self, connection, run, price, plan, stripe_api):
        push(connection, Kind.PLAN, plan.pk)
        ours = price()
        monthly = {"currency": "usd", "unit_amount": 2000, "recurring": {"interval": "month"}}
        theirs = stripe_api.v1.prices.create({"product": counterpart(plan)} | monthly)
        found = run()
        assert asked(found, "price") == {theirs.id: "probable"}
        linked(found)
        assert counterpart(ours) == theirs.id

    def test_are_not_pushed_meanwhile(self, connection, run, price, their_price, stripe_api):
        ours, _ = price(), their_price()
        found = linked(run())
        sync = push(connection, Kind.PRICE, ours.pk)
        assert (sync.state, found.pk in sync.last_error) == ("sending", True)
        linked(found)
        worker.deliver(sync.pk, now=timezone.now())
        assert OutboundSync.objects.get(pk=sync.pk).state == "done"
        assert len(stripe_api.v1.prices.list().data) == 1

    def test_of_another_amount_are_not_linked_by_a_pair_either(self, run, price, their_price):
        ours, theirs = price(unit_amount=Decimal(21)), their_price()
        found = run()
        decisions.add_pairs(found, [(ours.pk, theirs.id)], by="ada", now=timezone.now())
        assert linked(found).state == "done"
        refusal = ImportFinding.objects.get(provider_entity_id=theirs.id)
        assert (refusal.outcome, "different amounts" in refusal.reason) == ("conflicting", True)
        assert not EntityMapping.objects.filter(entity_id=ours.pk).exists()

    def test_are_counted_by_a_dry_run_as_if_its_plan_were_linked(self, connection, price, their_price):
        price()
        theirs = their_price()
        found = runs.start(connection, started_by="test", here=True, dry_run=True)
        assert go_on(found).state == "done"
        assert found.candidates.get(entity_type="price").provider_entity_id == theirs.id


class TestWaiving:
    def test_forgets_what_is_asked_for_and_keeps_what_was_decided(
        self, run, price, their_price, plan, product
    ):
        price()
        their_price()
        found = linked(run())
        runs.waive_links(found, timezone.now())
        assert go_on(found).state == "done"
        assert (counterpart(plan), Price.objects.count()) == (product.id, 2)


class TestSubscriptions:
    @pytest.fixture
    def ours(self, environment, ada, price):
        items = (SubscriptionItemFacts(price_id=price().pk, quantity=Decimal(3)),)
        facts = SubscriptionFacts(customer_id=ada.pk, items=items, currency="USD")
        return subscriptions.create(environment_id=environment.pk, facts=facts)

    @pytest.fixture
    def theirs(self, stripe_api, their_ada, their_price):
        items = [{"price": their_price().id, "quantity": 3}]
        return stripe_api.v1.subscriptions.create({"customer": their_ada.id, "items": items})

    def test_of_one_customer_to_the_same_prices_are_linked_and_bill_once(
        self, connection, run, ours, theirs, stripe_api
    ):
        found = linked(linked(run()))
        assert asked(found, "subscription") == {theirs.id: "probable"}
        sync = push(connection, Kind.SUBSCRIPTION, ours.pk)
        assert (sync.state, found.pk in sync.last_error) == ("sending", True)
        assert linked(found).state == "done"
        worker.deliver(sync.pk, now=timezone.now())
        assert OutboundSync.objects.get(pk=sync.pk).state == "done"
        assert (counterpart(ours), Subscription.objects.count()) == (theirs.id, 1)
        assert len(stripe_api.v1.subscriptions.list().data) == 1

    def test_are_certain_by_an_id(self, run, ours, theirs, stripe_api):
        stripe_api.v1.subscriptions.update(theirs.id, {"metadata": {"flexprice_subscription_id": ours.pk}})
        assert asked(linked(linked(run())), "subscription") == {theirs.id: "certain"}

    def test_that_have_ended_there_are_not(self, run, ours, theirs, stripe_api):
        stripe_api.v1.subscriptions.cancel(theirs.id)
        assert linked(linked(run())).state == "done"
        assert Subscription.objects.count() == 2

    def test_to_other_prices_are_not(self, run, ours, theirs, their_price, stripe_api):
        more = {"price": their_price(unit_amount=900).id}
        stripe_api.v1.subscriptions.update(theirs.id, {"items": [more]})
        assert linked(linked(run())).state == "done"

    def test_of_another_customer_are_not_linked_by_a_pair_either(self, environment, run, ours, theirs):
        eve = customers.create(environment_id=environment.pk, facts=CustomerFacts(name="Eve"))
        Subscription.objects.filter(pk=ours.pk).update(customer_id=eve.pk)
        found = run()
        decisions.add_pairs(found, [(ours.pk, theirs.id)], by="ada", now=timezone.now())
        assert linked(linked(found)).state == "done"
        assert "different customers" in ImportFinding.objects.get(provider_entity_id=theirs.id).reason
