"""What a price costs in other currencies, which no event says: over HTTP, in both directions."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import PlanFacts, PriceFacts
from billing.models import Price, Subscription
from billing.services.catalog import plans
from integrations.api.expansion import load
from integrations.inbox import processing
from integrations.models import InboundEvent, OutboundSync
from integrations.outbox import worker

pytestmark = pytest.mark.django_db(transaction=True)
EURO, POUND = {"EUR": {"unit_amount": "9"}}, {"GBP": {"unit_amount": "8"}}


@pytest.fixture
def inbox(pipelines, connection, live_server):
    """Applies what has come, and nothing else; returns how many events were applied."""
    pipelines.register(connection, live_server.url)

    def drain():
        pipelines.simulator.flush_deliveries()
        processing.process_due(timezone.now(), 100)
        assert not InboundEvent.objects.filter(state__in=["pending", "dead"]).exists()
        return InboundEvent.objects.filter(state="applied").count()

    return drain


def deliver():
    """Carries out what the outbox holds."""
    for sync in OutboundSync.objects.filter(state__in=["pending", "sending"]):
        worker.deliver(sync.pk, now=timezone.now())
    return list(OutboundSync.objects.order_by("created_at", "id").values_list("action", "state"))


def reads(pipelines):
    requests = pipelines.simulator.requests("prices.retrieve")
    return [request for request in requests if request["method"] == "GET"]


@pytest.fixture
def sell(stripe_api):
    """Creates a monthly price at Stripe that costs 9.00 in euros; returns its id."""

    def create(**params):
        product = stripe_api.v1.products.create({"name": "Engine"}).id
        wanted = {"product": product, "currency": "usd", "unit_amount": 1000} | params
        options = {"recurring": {"interval": "month"}, "currency_options": {"eur": {"unit_amount": 900}}}
        return stripe_api.v1.prices.create(options | wanted).id

    return create


def subscribe(stripe_api, price, currency):
    customer = stripe_api.v1.customers.create({"name": "Grace"}).id
    items = {"items": [{"price": price}], "trial_period_days": 14}
    stripe_api.v1.subscriptions.create({"customer": customer, "currency": currency, **items})


class TestAPriceOfSeveralCurrencies:
    def test_is_here_without_a_call_and_complete_after_one(self, pipelines, inbox, sell):
        sell()
        assert inbox() == 2 and Price.objects.get().currency_options == {}
        assert reads(pipelines) == [], "no event waits for Stripe"
        assert deliver() == [("refresh", "done")]
        assert Price.objects.get().currency_options == EURO
        assert len(reads(pipelines)) == 1 and pipelines.unsettled() == []

    def test_is_here_while_stripe_does_not_answer(self, pipelines, inbox, sell):
        sell()
        pipelines.simulator.faults.add("prices.retrieve", "reset_before", times=3)
        assert inbox() == 2 and deliver() == [("refresh", "sending")]
        assert Price.objects.get().currency_options == {}
        pipelines.simulator.faults.clear()
        OutboundSync.objects.update(next_attempt_at="2026-01-01T00:00Z")
        assert deliver() == [("refresh", "done")]
        assert Price.objects.get().currency_options == EURO

    def test_is_complete_when_a_subscription_brought_it(self, pipelines, inbox, stripe_api, sell):
        price = sell()
        pipelines.simulator.flush_deliveries()
        InboundEvent.objects.filter(type__startswith="price").delete()
        subscribe(stripe_api, price, "usd")
        inbox()
        assert Subscription.objects.get().items.get().price.currency_options == {}
        assert deliver() == [("refresh", "done")] and Price.objects.get().currency_options == EURO

    def test_follows_what_is_changed_at_stripe(self, pipelines, inbox, stripe_api, sell):
        price = sell()
        inbox(), deliver()
        # What is edited within a minute of a look is read again before it is applied.
        pipelines.simulator.advance_clock(120)
        options = {"currency_options": {"gbp": {"unit_amount": 800}}}
        stripe_api.v1.prices.update(price, {"nickname": "Chair", **options})
        assert inbox() == 3 and Price.objects.get().currency_options == EURO
        assert deliver() == [("refresh", "done")] * 2
        assert Price.objects.get().currency_options == EURO | POUND

    def test_follows_a_subscription_in_a_currency_of_which_no_event_told(self, inbox, stripe_api, sell):
        price = sell()
        inbox(), deliver()
        stripe_api.v1.prices.update(price, {"currency_options": {"gbp": {"unit_amount": 800}}})
        subscribe(stripe_api, price, "gbp")
        inbox()
        assert Subscription.objects.get().currency == "GBP"
        assert deliver() == [("refresh", "done")] * 2
        assert Price.objects.get().currency_options == EURO | POUND

    def test_is_read_once_for_all_events_before(self, pipelines, inbox, stripe_api, sell):
        price = sell()
        for nickname, currency in (("Chair", "usd"), ("Table", "eur"), ("Desk", "eur")):
            # Events of one second would be looked into.
            pipelines.simulator.advance_clock(2)
            stripe_api.v1.prices.update(price, {"nickname": nickname})
            subscribe(stripe_api, price, currency)
            inbox()
        assert deliver() == [("refresh", "done")] and len(reads(pipelines)) == 1
        assert (Price.objects.get().description, Price.objects.get().currency_options) == ("Desk", EURO)
        subscribe(stripe_api, price, "eur")
        inbox()
        assert len(deliver()) == 1, "what is known is not read again"

    def test_stays_as_it_is_when_stripe_has_it_no_more(self, pipelines, inbox, sell):
        sell()
        inbox()
        pipelines.simulator.reset()
        assert deliver() == [("refresh", "done")]
        skipped = OutboundSync.objects.get().calls.get(state="skipped")
        assert "is gone at Stripe" in skipped.detail and "price_" in skipped.detail
        assert Price.objects.get().currency_options == {} and Price.objects.get().status == "active"


def test_nothing_is_read_of_a_tiered_price_beyond_its_tiers(pipelines, inbox, stripe_api, sell):
    tiers = [{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 50}]
    tiered = {"billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}
    product = stripe_api.v1.products.create({"name": "Engine"}).id
    monthly = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
    price = stripe_api.v1.prices.create(monthly | tiered).id
    inbox()
    pipelines.simulator.advance_clock(2)
    stripe_api.v1.prices.update(price, {"nickname": "Chair"})
    inbox()
    assert Price.objects.get().description == "Chair"
    assert deliver() == [] and len(reads(pipelines)) == 1


def test_nothing_is_read_of_a_price_that_went_out(pipelines, connection, inbox, environment):
    plan = plans.create(environment_id=environment.pk, facts=PlanFacts(name="Mine"))
    plans.create_price(
        environment_id=environment.pk,
        facts=PriceFacts(plan_id=plan.pk, currency="USD", unit_amount=Decimal(5)),
    )
    pipelines.settle()
    assert pipelines.writes().count("prices.create") == 1 and reads(pipelines) == []
    assert not OutboundSync.objects.filter(action="refresh").exists()


def test_a_refresh_that_changes_nothing_leaves_nothing_to_push(pipelines, connection, inbox, sell):
    """Nor does it show as the price's sync: it sends nothing."""
    sell()
    pipelines.settle()
    price = Price.objects.get()
    assert pipelines.writes() == [] and load(Kind.PRICE, [price.pk])[price.pk][0]["sync"] is None
