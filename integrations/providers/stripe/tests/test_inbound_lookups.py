"""What an event leaves out is read from Stripe: through the real webhook, over HTTP."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connections
from django.utils import timezone

from billing.models import Customer, Plan, Price, Subscription
from billing.services.catalog import plans
from integrations.inbox import processing
from integrations.models import InboundEvent
from integrations.providers.stripe.tests.pipelines import Pipelines

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pipelines(simulator, connection, live_server, monkeypatch):
    # The live server's threads outlive the test: they must not hold on to its database.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    return Pipelines(simulator)


@pytest.fixture
def sold(stripe_api):
    """A subscription of two prices, one with tiers, that is older than the endpoint."""
    customer = stripe_api.v1.customers.create({"name": "Grace", "metadata": {"external_id": "crm-9"}}).id
    product = stripe_api.v1.products.create({"name": "Engine"}).id
    monthly = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
    flat = stripe_api.v1.prices.create({**monthly, "unit_amount": 1250}).id
    tiers = [{"up_to": 10, "unit_amount": 100}, {"up_to": "inf", "unit_amount": 50}]
    tiered = stripe_api.v1.prices.create(
        {**monthly, "billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers}
    ).id
    items = [{"price": flat, "quantity": 2}, {"price": tiered, "quantity": 12}]
    given = {"customer": customer, "items": items, "trial_period_days": 14}
    return stripe_api.v1.subscriptions.create(given).id


def reads(pipelines):
    """The operations by which FlexSync has read from Stripe."""
    requests = pipelines.simulator.requests()
    return [request["operation"] for request in requests if request["method"] == "GET"]


def test_a_subscription_from_before_the_connection_comes_whole(
    pipelines, connection, live_server, stripe_api, sold
):
    pipelines.register(connection, live_server.url)
    before = len(reads(pipelines))
    stripe_api.v1.subscriptions.update(sold, {"metadata": {"deal": "7"}})
    pipelines.settle()
    found = Subscription.objects.get()
    assert (found.status, found.metadata, found.customer.name) == ("trialing", {"deal": "7"}, "Grace")
    assert found.customer.external_id == "crm-9"
    flat, tiered = (item.price for item in found.items.all())
    assert (flat.unit_amount, [tier["up_to"] for tier in tiered.tiers]) == (Decimal("12.5"), [10, None])
    assert [item.quantity for item in found.items.all()] == [2, 12]
    assert len(reads(pipelines)) - before == 3, "the customer, the tiers, and what the flat one costs abroad"
    assert pipelines.unsettled() == []


def test_a_subscription_in_another_currency_brings_what_its_price_costs_in_it(
    pipelines, connection, live_server, stripe_api
):
    pipelines.register(connection, live_server.url)
    product = stripe_api.v1.products.create({"name": "Engine"}).id
    options = {"eur": {"unit_amount": 900}, "jpy": {"unit_amount": 1500}}
    price = stripe_api.v1.prices.create(
        {
            "product": product,
            "currency": "usd",
            "unit_amount": 1000,
            "recurring": {"interval": "month"},
            "currency_options": options,
        }
    ).id
    for currency in ("usd", "eur", "eur"):
        customer = stripe_api.v1.customers.create({"name": "Grace"}).id
        items = {"items": [{"price": price}], "trial_period_days": 14}
        stripe_api.v1.subscriptions.create({"customer": customer, "currency": currency, **items})
    pipelines.settle()
    assert set(Subscription.objects.values_list("currency", flat=True)) == {"USD", "EUR"}
    assert Price.objects.get().currency_options == {
        "EUR": {"unit_amount": "9"},
        "JPY": {"unit_amount": "1500"},
    }
    assert reads(pipelines).count("prices.retrieve") == 1 and pipelines.unsettled() == []


def test_what_began_there_is_not_doubled_here(pipelines, connection, live_server, stripe_api, sold):
    pipelines.register(connection, live_server.url)
    for cancelling in (True, False):
        stripe_api.v1.subscriptions.update(sold, {"cancel_at_period_end": cancelling})
        pipelines.settle()
    counts = [model.objects.count() for model in (Customer, Plan, Price, Subscription)]
    assert counts == [1, 1, 2, 1] and not Subscription.objects.get().cancel_at_period_end


def test_of_changes_in_one_second_the_last_counts(pipelines, connection, live_server, stripe_api, sold):
    pipelines.register(connection, live_server.url)
    for cancelling in (True, False):
        stripe_api.v1.subscriptions.update(sold, {"cancel_at_period_end": cancelling})
    pipelines.simulator.flush_deliveries()
    events = sorted(
        InboundEvent.objects.all(), key=lambda event: event.payload["data"]["object"]["cancel_at_period_end"]
    )
    assert len(events) == 2, "the newest first"
    InboundEvent.objects.update(created=events[0].created)
    for event in events:
        for hours in (1, 3, 9):
            processing.process(event.id, timezone.now() + timedelta(hours=hours))
    assert set(InboundEvent.objects.values_list("state", flat=True)) == {"applied"}
    assert not Subscription.objects.get().cancel_at_period_end


def test_a_plan_that_went_out_does_not_come_back_as_another(pipelines, connection, live_server, environment):
    from billing.facts import PlanFacts, PriceFacts

    pipelines.register(connection, live_server.url)
    mine = plans.create(environment_id=environment.id, facts=PlanFacts(name="Mine"))
    facts = PriceFacts(plan_id=mine.pk, currency="USD", unit_amount=Decimal(5))
    plans.create_price(environment_id=environment.id, facts=facts)
    pipelines.settle()
    assert pipelines.writes().count("products.create") == 1
    assert (Plan.objects.count(), Price.objects.count(), pipelines.unsettled()) == (1, 1, [])
