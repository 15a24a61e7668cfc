"""What is sold and what was agreed, told to Stripe while things go wrong: see scenarios."""

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


def price_is_there(world: World, ours: Any) -> None:
    product, price = world.only("products"), world.only("prices")
    assert (product.id, price.id) == (world.twin(ours.plan_id), world.twin(ours.pk))
    assert (price.product, price.unit_amount, price.lookup_key) == (product.id, 1000, "growth")


def another_amount(world: World, old: Any) -> Any:
    """As billing has it: another amount is another price."""
    facts = plans.price_facts(old)
    plans.archive_price(environment_id=world.environment.pk, price_id=old.pk)
    new = replace(facts, unit_amount=Decimal(12))
    return old, plans.create_price(environment_id=world.environment.pk, facts=new)


def amount_has_changed(world: World, both: Any) -> None:
    world.only("products")
    found = {one.id: one for one in world.stripe_api.v1.prices.list().data}
    old, new = (found.pop(world.twin(price.pk)) for price in both)
    assert not found
    assert (old.active, old.lookup_key) == (False, None)
    assert (new.active, new.unit_amount, new.lookup_key) == (True, 1200, "growth")


def a_subscription(world: World, _before: Any = None) -> Any:
    """Paid for here for ten more days, so that Stripe has nothing to charge yet."""
    customer, price = a_customer(world), builders.price(world.environment)
    return subscriptions.create(
        environment_id=world.environment.pk,
        facts=SubscriptionFacts(customer_id=customer.pk, currency="USD", items=(item(price, 3),)),
    )


def item(price: Any, quantity: int) -> SubscriptionItemFacts:
    end = timezone.now().replace(microsecond=0) + timedelta(days=10)
    return SubscriptionItemFacts(price.pk, Decimal(quantity), end - timedelta(days=20), end)


def subscription_is_there(world: World, ours: Any) -> None:
    world.only("products"), world.only("prices"), world.only("customers")
    there = world.only("subscriptions")
    (only,) = there["items"].data
    assert (there.id, there.status, only.quantity) == (world.twin(ours.pk), "active", 3)
    assert world.only("invoices").total == 0


def more_of_more(world: World, ours: Any) -> Any:
    other = builders.price(world.environment)
    items = (item(ours.items.get().price, 5), item(other, 1))
    subscriptions.update(
        environment_id=world.environment.pk, subscription_id=ours.pk, changes={"items": items}
    )
    return ours


def has_more_of_more(world: World, ours: Any) -> None:
    there = world.only("subscriptions")
    wanted = {(world.twin(one.price_id), int(one.quantity)) for one in ours.items.all()}
    assert {(one.price.id, one.quantity) for one in there["items"].data} == wanted
    assert len(wanted) == 2 and world.only("invoices").total == 0


def cancelled(world: World, ours: Any) -> Any:
    subscriptions.cancel(
        environment_id=world.environment.pk,
        subscription_id=ours.pk,
        at_period_end=False,
        now=timezone.now(),
    )
    return ours


def has_ended(world: World, ours: Any) -> None:
    there = world.only("subscriptions", status="all")
    assert (there.id, there.status) == (world.twin(ours.pk), "canceled")


def a_taxed_customer(world: World, _before: Any = None) -> Any:
    return builders.customer(world.environment, name="Taxed", tax_ids=(TaxIdFacts("eu_vat", "DE123456789"),))


def another_tax_id(world: World, ours: Any) -> Any:
    changes = {"tax_ids": (TaxIdFacts("gb_vat", "GB123456789"),), "preferred_locale": "en-GB"}
    customers.update(environment_id=world.environment.pk, customer_id=ours.pk, changes=changes)
    return ours


def tax_id_has_changed(world: World, ours: Any) -> None:
    there = world.only("customers")
    assert there.preferred_locales == ["en-GB"]
    listed = world.stripe_api.v1.customers.tax_ids.list(there.id).data
    assert [(one.type, one.value) for one in listed] == [("gb_vat", "GB123456789")]


CATALOG = [
    Scenario("price made", a_price, price_is_there),
    Scenario("price replaced", another_amount, amount_has_changed, before=a_price),
    Scenario("subscription made", a_subscription, subscription_is_there),
    Scenario("subscription changed", more_of_more, has_more_of_more, before=a_subscription),
    Scenario("subscription cancelled", cancelled, has_ended, before=a_subscription),
    Scenario("tax id changed", another_tax_id, tax_id_has_changed, before=a_taxed_customer),
]
