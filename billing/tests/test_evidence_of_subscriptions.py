"""What a provider reports of subscriptions has happened there, so the API's rules do not refuse it."""

from dataclasses import replace

import pytest

from billing.errors import Conflict, Invalid
from billing.events import Change
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models import Environment
from billing.services.customers import customers
from billing.services.subscriptions import subscriptions
from billing.tests.clock import NOW
from billing.tests.factories import (
    CustomerFactory,
    PriceFactory,
    SubscriptionFactory,
)

THERE = "conn_1"


class TestAnArchivedCustomer:
    def test_may_still_subscribe_there(self, environment: Environment) -> None:
        customer = CustomerFactory(environment=environment)
        customers.archive(environment_id=environment.pk, customer_id=customer.pk)
        item = SubscriptionItemFacts(PriceFactory(environment=environment, currency="EUR").pk)
        facts = SubscriptionFacts(customer.pk, "USD", (item,))
        made = subscriptions.create(environment_id=environment.pk, facts=facts, origin=THERE)
        assert subscriptions.facts(made) == facts
        with pytest.raises(Invalid):
            subscriptions.create(environment_id=environment.pk, facts=facts)


class TestASubscription:
    def test_is_replaced_as_a_whole(self, environment: Environment, heard: list[Change]) -> None:
        subscription = SubscriptionFactory(environment=environment)
        known = subscriptions.facts(subscription)
        wanted = replace(known, status="past_due", items=(*known.items, *known.items), metadata={"a": "b"})
        heard.clear()
        for _ in range(2):
            replaced = subscriptions.replace(
                environment_id=environment.pk, subscription_id=subscription.pk, facts=wanted, origin=THERE
            )
            assert subscriptions.facts(replaced) == wanted
        assert [change.origin for change in heard] == [THERE]

    def test_that_is_cancelled_stays_so(self, environment: Environment) -> None:
        subscription = SubscriptionFactory(environment=environment)
        late = subscriptions.facts(subscription)
        known = {"environment_id": environment.pk, "subscription_id": subscription.pk}
        subscriptions.cancel(**known, at_period_end=False, now=NOW)
        assert subscriptions.replace(**known, facts=late, origin=THERE).status == "cancelled"
        with pytest.raises(Conflict):
            subscriptions.replace(**known, facts=late)

    def test_that_is_cancelled_still_gets_what_was_changed_before(self, environment: Environment) -> None:
        subscription = SubscriptionFactory(environment=environment)
        late = replace(subscriptions.facts(subscription), metadata={"a": "b"})
        known = {"environment_id": environment.pk, "subscription_id": subscription.pk}
        subscriptions.cancel(**known, at_period_end=False, now=NOW)
        replaced = subscriptions.replace(**known, facts=late, origin=THERE)
        assert (replaced.status, replaced.cancelled_at, replaced.metadata) == ("cancelled", NOW, {"a": "b"})

    def test_keeps_its_customer(self, environment: Environment) -> None:
        subscription = SubscriptionFactory(environment=environment)
        other = CustomerFactory(environment=environment)
        facts = replace(subscriptions.facts(subscription), customer_id=other.pk)
        with pytest.raises(Invalid, match="another customer"):
            subscriptions.replace(
                environment_id=environment.pk, subscription_id=subscription.pk, facts=facts, origin=THERE
            )
