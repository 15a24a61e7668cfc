"""How a subscription's invoices are collected, and when it ends, on both sides."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Subscription
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_push_subscriptions import (
    CREATION,
    at_stripe,
    cancel,
    change,
    item,
    subscribe,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def price(environment):
    return builders.price(environment)


@pytest.fixture
def paid(customer, price):
    """A subscription that was paid for until in ten days, so that Stripe charges nothing now."""
    return subscribe(customer, item(price, 1, timezone.now().replace(microsecond=0) + 10 * DAY))


@pytest.fixture
def there(pipelines, paid):
    """That subscription, at Stripe."""
    pipelines.settle()
    assert sorted(pipelines.writes()) == sorted(CREATION)
    return paid


def last_params(simulator):
    """What the last write sent."""
    return [call for call in simulator.requests() if call["method"] != "GET"][-1]["params"]


def collection_of(found):
    return found.collection_method, found.days_until_due


class TestCollection:
    def test_is_created_as_it_is_here(self, pipelines, stripe_api, customer, price):
        row = subscribe(customer, item(price), collection_method="send_invoice", days_until_due=14)
        pipelines.settle()
        assert collection_of(at_stripe(stripe_api, row)) == ("send_invoice", 14)
        assert collection_of(Subscription.objects.get()) == ("send_invoice", 14)
        assert sorted(pipelines.writes()) == sorted(CREATION)

    def test_changes_one_call_each_with_what_changed_only(self, pipelines, stripe_api, there):
        sent = {"collection_method": "send_invoice", "days_until_due": 14}
        changes = [
            (sent, {"collection_method": "send_invoice", "days_until_due": "14"}),
            ({"days_until_due": 30}, {"days_until_due": "30"}),
            ({"collection_method": "charge_automatically"}, {"collection_method": "charge_automatically"}),
        ]
        for number, (changed, params) in enumerate(changes, start=1):
            change(there, **changed)
            pipelines.settle()
            assert pipelines.writes()[len(CREATION) :] == ["subscriptions.update"] * number
            assert last_params(pipelines.simulator) == params
            here = collection_of(Subscription.objects.get())
            assert here == collection_of(at_stripe(stripe_api, there))
        assert here == ("charge_automatically", None)

    def test_comes_from_stripe(self, pipelines, stripe_api, there):
        params = {"collection_method": "send_invoice", "days_until_due": 7}
        stripe_api.v1.subscriptions.update(at_stripe(stripe_api, there).id, params)
        pipelines.settle()
        assert collection_of(Subscription.objects.get()) == ("send_invoice", 7)
        assert sorted(pipelines.writes()) == sorted(CREATION)


class TestTheEnd:
    @pytest.mark.parametrize("where", ["here", "there"])
    def test_of_the_period_is_taken_back_whole(self, pipelines, stripe_api, there, where):
        """Stripe's ``cancel_at`` came with ``cancel_at_period_end``, and leaves with it."""
        if where == "here":
            cancel(there, at_period_end=True)
        else:
            stripe_api.v1.subscriptions.update(
                at_stripe(stripe_api, there).id, {"cancel_at_period_end": True}
            )
        pipelines.settle()
        assert Subscription.objects.get().cancel_at is not None
        assert at_stripe(stripe_api, there).cancel_at is not None
        change(there, cancel_at_period_end=False)
        pipelines.settle()
        for found in (at_stripe(stripe_api, there), Subscription.objects.get()):
            assert (found.cancel_at_period_end, found.cancel_at) == (False, None)

    def test_of_its_own_stays(self, pipelines, stripe_api, there):
        later = timezone.now().replace(microsecond=0) + 90 * DAY
        change(there, cancel_at=later)
        pipelines.settle()
        change(there, cancel_at_period_end=False, metadata={"a": "1"})
        pipelines.settle()
        assert at_stripe(stripe_api, there).cancel_at == int(later.timestamp())
        assert Subscription.objects.get().cancel_at == later


def test_a_new_one_says_one_of_two_ways_to_end(pipelines, stripe_api, customer, price):
    until = timezone.now().replace(microsecond=0) + 10 * DAY
    row = subscribe(customer, item(price, 1, until), cancel_at_period_end=True, cancel_at=until)
    pipelines.settle()
    assert at_stripe(stripe_api, row).cancel_at_period_end
