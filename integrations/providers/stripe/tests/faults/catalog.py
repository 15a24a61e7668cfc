"""Scenarios of the catalog, of subscriptions and of tax ids, for scenarios.py."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.facts import SubscriptionFacts, SubscriptionItemFacts, TaxIdFacts
from billing.services.catalog import plans
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.faults.scenarios import Scenario, a_customer
from integrations.providers.stripe.tests.faults.world import World


def a_price(world: World, _before: Any = None) -> Any:
    return builders.price(world.environment, lookup_key="growth")


def price_is_at_stripe(world: World, local: Any) -> None:
    product, price = world.only("products"), world.only("prices")
    assert (product.id, price.id) == (world.stripe_id_of(local.plan_id), world.stripe_id_of(local.pk))
    assert (price.product, price.unit_amount, price.lookup_key) == (product.id, 1000, "growth")


def another_amount(world: World, old: Any) -> Any:
    """As in billing, another amount is another price."""
    facts = plans.price_facts(old)
    plans.archive_price(environment_id=world.environment.pk, price_id=old.pk)
    new = replace(facts, unit_amount=Decimal(12))
    return old, plans.create_price(environment_id=world.environment.pk, facts=new)


def amount_has_changed(world: World, both: Any) -> None:
    world.only("products")
    found = {price.id: price for price in world.stripe_api.v1.prices.list().data}
    old, new = (found.pop(world.stripe_id_of(price.pk)) for price in both)
    assert not found
    assert (old.active, old.lookup_key) == (False, None)
    assert (new.active, new.unit_amount, new.lookup_key) == (True, 1200, "growth")


def a_subscription(world: World, _before: Any = None) -> Any:
    """Paid for ten more days, so that Stripe has nothing to charge yet."""
    customer, price = a_customer(world), builders.price(world.environment)
    return subscriptions.create(
        environment_id=world.environment.pk,
        facts=SubscriptionFacts(customer_id=customer.pk, currency="USD", items=(item(price, 3),)),
    )


def item(price: Any, quantity: int) -> SubscriptionItemFacts:
    end = timezone.now().replace(microsecond=0) + timedelta(days=10)
    return SubscriptionItemFacts(price.pk, Decimal(quantity), end - timedelta(days=20), end)


def subscription_is_at_stripe(world: World, local: Any) -> None:
    world.only("products"), world.only("prices"), world.only("customers")
    remote = world.only("subscriptions")
    (only,) = remote["items"].data
    assert (remote.id, remote.status, only.quantity) == (world.stripe_id_of(local.pk), "active", 3)
    assert world.only("invoices").total == 0


def items_added(world: World, local: Any) -> Any:
    other = builders.price(world.environment)
    items = (item(local.items.get().price, 5), item(other, 1))
    subscriptions.update(
        environment_id=world.environment.pk, subscription_id=local.pk, changes={"items": items}
    )
    return local


def items_are_added(world: World, local: Any) -> None:
    remote = world.only("subscriptions")
    desired = {(world.stripe_id_of(row.price_id), int(row.quantity)) for row in local.items.order_by("pk")}
    assert {(row.price.id, row.quantity) for row in remote["items"].data} == desired
    assert len(desired) == 2 and world.only("invoices").total == 0


def cancelled(world: World, local: Any) -> Any:
    subscriptions.cancel(
        environment_id=world.environment.pk,
        subscription_id=local.pk,
        at_period_end=False,
        now=timezone.now(),
    )
    return local


def has_ended(world: World, local: Any) -> None:
    remote = world.only("subscriptions", status="all")
    assert (remote.id, remote.status) == (world.stripe_id_of(local.pk), "canceled")


def a_taxed_customer(world: World, _before: Any = None) -> Any:
    return builders.customer(world.environment, name="Taxed", tax_ids=(TaxIdFacts("eu_vat", "DE123456789"),))


def another_tax_id(world: World, local: Any) -> Any:
    changes = {"tax_ids": (TaxIdFacts("gb_vat", "GB123456789"),), "preferred_locale": "en-GB"}
    customers.update(environment_id=world.environment.pk, customer_id=local.pk, changes=changes)
    return local


def tax_id_has_changed(world: World, local: Any) -> None:
    remote = world.only("customers")
    assert remote.preferred_locales == ["en-GB"]
    listed = world.stripe_api.v1.customers.tax_ids.list(remote.id).data
    assert [(tax_id.type, tax_id.value) for tax_id in listed] == [("gb_vat", "GB123456789")]


CATALOG = [
    Scenario("price made", a_price, price_is_at_stripe),
    Scenario("price replaced", another_amount, amount_has_changed, before=a_price),
    Scenario("subscription made", a_subscription, subscription_is_at_stripe),
    Scenario("subscription changed", items_added, items_are_added, before=a_subscription),
    Scenario("subscription cancelled", cancelled, has_ended, before=a_subscription),
    Scenario("tax id changed", another_tax_id, tax_id_has_changed, before=a_taxed_customer),
]
