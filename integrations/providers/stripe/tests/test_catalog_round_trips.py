"""Plans, prices and subscriptions that began here come back by webhook, neither doubled nor echoed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import PlanFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import Plan, Price, Subscription
from billing.services.catalog import plans
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests import builders

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def subscription(pipelines, customer):
    """Paid for ten more days, and pushed to Stripe."""
    end = timezone.now().replace(microsecond=0) + timedelta(days=10)
    item = SubscriptionItemFacts(
        builders.price(customer.environment).id, Decimal(3), end - timedelta(days=20), end
    )
    row = subscriptions.create(
        environment_id=customer.environment_id,
        facts=SubscriptionFacts(customer_id=customer.id, currency="USD", items=(item,)),
    )
    pipelines.settle()
    return row


def stripe_id_of(kind, row):
    return EntityMapping.objects.get(entity_type=kind, entity_id=row.pk).provider_entity_id


def test_what_began_here_exists_once_on_both_sides(pipelines, stripe_api, subscription):
    assert pipelines.unsettled() == []
    assert [model.objects.count() for model in (Plan, Price, Subscription)] == [1, 1, 1]
    v1 = stripe_api.v1
    assert [len(resource.list().data) for resource in (v1.products, v1.prices, v1.subscriptions)] == [1, 1, 1]
    assert sorted(pipelines.writes()) == [
        "customers.create", "prices.create", "products.create", "subscriptions.create",
    ]  # fmt: skip


def test_stripes_period_is_applied(subscription):
    subscription.refresh_from_db()
    item = subscription.items.get()
    assert subscription.status == "active" and item.current_period_end > timezone.now()
    assert subscription.billing_anchor == item.current_period_end


def test_each_change_here_is_one_write_at_stripe_and_no_echo(pipelines, stripe_api, subscription):
    before, environment = len(pipelines.writes()), subscription.environment_id
    plan = Plan.objects.get()
    plans.update(environment_id=environment, plan_id=plan.pk, changes={"name": "Growth+"})
    subscriptions.update(
        environment_id=environment, subscription_id=subscription.pk, changes={"status": "paused"}
    )
    pipelines.settle()
    assert sorted(pipelines.writes()[before:]) == ["products.update", "subscriptions.update"]
    subscription.refresh_from_db()
    assert subscription.status == "paused" and pipelines.unsettled() == []
    syncs = OutboundSync.objects.count()
    pipelines.settle()
    assert OutboundSync.objects.count() == syncs


def test_a_change_at_stripe_is_applied_and_can_be_reverted_here(pipelines, stripe_api, subscription):
    plan, v1 = Plan.objects.get(), stripe_api.v1
    v1.products.update(stripe_id_of(Kind.PLAN, plan), {"name": "Renamed"})
    items = v1.subscriptions.retrieve(stripe_id_of(Kind.SUBSCRIPTION, subscription))["items"].data
    v1.subscription_items.update(items[0].id, {"quantity": 7})
    pipelines.settle()
    plan.refresh_from_db()
    assert (plan.name, subscription.items.get().quantity) == ("Renamed", 7)
    before = len(pipelines.writes())
    plans.update(environment_id=plan.environment_id, plan_id=plan.pk, changes={"name": "Growth"})
    item = subscriptions.facts(Subscription.objects.get()).items[0]
    subscriptions.update(
        environment_id=plan.environment_id,
        subscription_id=subscription.pk,
        changes={"items": (SubscriptionItemFacts(item.price_id, Decimal(3)),)},
    )
    pipelines.settle()
    assert sorted(pipelines.writes()[before:]) == ["products.update", "subscriptions.update"]
    assert v1.products.retrieve(stripe_id_of(Kind.PLAN, plan)).name == "Growth"
    found = v1.subscriptions.retrieve(stripe_id_of(Kind.SUBSCRIPTION, subscription))
    assert found["items"].data[0].quantity == 3


def test_a_subscription_that_began_at_stripe_is_changed_from_here(
    pipelines, stripe_api, connection, customer
):
    pipelines.settle()
    v1 = stripe_api.v1
    product = v1.products.create({"name": "Remote"})
    recurring = {"currency": "usd", "unit_amount": 900, "recurring": {"interval": "month"}}
    price = v1.prices.create({"product": product.id, **recurring})
    created = v1.subscriptions.create(
        {
            "customer": stripe_id_of(Kind.CUSTOMER, customer),
            "items": [{"price": price.id}],
            "trial_period_days": 9,
            "metadata": {"foreign": "yes"},
        }
    )
    pipelines.settle()
    before, local = len(pipelines.writes()), Subscription.objects.get()
    subscriptions.cancel(
        environment_id=local.environment_id, subscription_id=local.pk, at_period_end=True, now=timezone.now()
    )
    pipelines.settle()
    assert pipelines.writes()[before:] == ["subscriptions.update"] and pipelines.unsettled() == []
    found = v1.subscriptions.retrieve(created.id)
    assert found.cancel_at_period_end is True and found.metadata["foreign"] == "yes"


def test_an_archived_plan_is_archived_on_both_sides(pipelines, stripe_api, environment):
    plan = plans.create(environment_id=environment.id, facts=PlanFacts("Brief"))
    pipelines.settle()
    plans.archive(environment_id=environment.id, plan_id=plan.pk)
    pipelines.settle()
    plan.refresh_from_db()
    assert stripe_api.v1.products.retrieve(stripe_id_of(Kind.PLAN, plan)).active is False
    assert plan.status == "archived" and pipelines.unsettled() == []
