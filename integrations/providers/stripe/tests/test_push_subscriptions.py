"""A subscription on its way to Stripe: made once, changed by its items' ids, and billed by nobody twice."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.facts import SubscriptionFacts, SubscriptionItemFacts
from billing.models import Subscription
from billing.services.catalog import plans
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping
from integrations.outbox import dry_run, syncs, worker
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.test_push_invoices import push_again, writes
from integrations.providers.stripe.tests.timeouts import call_timeout
from integrations.testing import push

pytestmark = pytest.mark.django_db
CREATION = ["products.create", "prices.create", "customers.create", "subscriptions.create"]


@pytest.fixture
def price(environment):
    return builders.price(environment)


@pytest.fixture
def period_end():
    return timezone.now().replace(microsecond=0) + timedelta(days=10)


@pytest.fixture
def subscription(customer, price, period_end) -> Subscription:
    """Paid for until ``period_end``."""
    return subscribe(customer, item(price, 3, period_end), metadata={"contract": "7"})


def item(price, quantity=1, until=None):
    return SubscriptionItemFacts(
        price.id,
        Decimal(quantity),
        current_period_start=until and until - timedelta(days=20),
        current_period_end=until,
    )


def subscribe(customer, *items, **facts) -> Subscription:
    facts = SubscriptionFacts(customer_id=customer.id, currency="USD", items=items, **facts)
    return subscriptions.create(environment_id=customer.environment_id, facts=facts)


def change(subscription, **changes):
    subscriptions.update(
        environment_id=subscription.environment_id, subscription_id=subscription.id, changes=changes
    )


def at_stripe(stripe_api, subscription):
    twin = EntityMapping.objects.get(entity_type=Kind.SUBSCRIPTION, entity_id=subscription.id)
    return stripe_api.v1.subscriptions.retrieve(twin.provider_entity_id)


def items_of(found):
    return [(one.price.id, one.quantity) for one in found["items"].data]


def give_card(stripe_api, customer):
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": twin(customer)})
    stripe_api.v1.customers.update(twin(customer), {"invoice_settings": {"default_payment_method": card.id}})


def twin(row):
    return EntityMapping.objects.get(entity_id=row.pk).provider_entity_id


class TestCreation:
    def test_takes_customer_and_prices_along(self, simulator, stripe_api, connection, subscription, price):
        sync = push(connection, Kind.SUBSCRIPTION, subscription.id)
        assert (sync.state, sync.last_error) == ("done", "")
        assert writes(simulator) == CREATION
        found = at_stripe(stripe_api, subscription)
        assert (found.status, found.currency, found.customer) == (
            "active",
            "usd",
            twin(subscription.customer),
        )
        assert items_of(found) == [(twin(price), 3)]
        assert found.metadata.to_dict() == {
            "flexprice_subscription_id": subscription.id,
            "flexprice_customer_id": subscription.customer_id,
            "sync_source": "flexprice",
            "contract": "7",
        }

    def test_what_was_paid_here_is_not_charged_there(self, stripe_api, connection, subscription, period_end):
        push(connection, Kind.SUBSCRIPTION, subscription.id)
        found = at_stripe(stripe_api, subscription)
        assert datetime.fromtimestamp(found.billing_cycle_anchor, UTC) == period_end
        assert [one.total for one in stripe_api.v1.invoices.list().data] == [0]

    def test_without_a_period_stripe_bills_at_once_and_needs_a_way_to_pay(
        self, simulator, stripe_api, connection, customer, price
    ):
        row = subscribe(customer, item(price, 2))
        sync = push(connection, Kind.SUBSCRIPTION, row.id)
        assert sync.state == "blocked" and "no attached payment source" in sync.last_error
        give_card(stripe_api, customer)
        assert push_again(connection, row).state == "done"
        assert at_stripe(stripe_api, row).status == "active"
        assert [(one.total, one.status) for one in stripe_api.v1.invoices.list().data] == [(2000, "paid")]

    def test_a_trial_goes_on_there(self, stripe_api, connection, customer, price, period_end):
        row = subscribe(customer, item(price), status="trialing", trial_end=period_end)
        push(connection, Kind.SUBSCRIPTION, row.id)
        found = at_stripe(stripe_api, row)
        assert (found.status, found.trial_end) == ("trialing", int(period_end.timestamp()))

    def test_a_paused_one_is_made_and_paused(
        self, simulator, stripe_api, connection, customer, price, period_end
    ):
        row = subscribe(customer, item(price, 1, period_end), status="paused")
        push(connection, Kind.SUBSCRIPTION, row.id)
        assert writes(simulator) == [*CREATION, "subscriptions.update"]
        assert at_stripe(stripe_api, row).pause_collection.behavior == "void"

    def test_a_draft_and_one_that_ended_before_stay_away(self, simulator, connection, customer, price):
        draft = subscribe(customer, item(price), status="draft")
        ended = subscribe(customer, item(price))
        cancel(ended)
        assert "is a draft" in push(connection, Kind.SUBSCRIPTION, draft.id).last_error
        assert (
            push(connection, Kind.SUBSCRIPTION, ended.id).calls.get().detail
            == "The subscription was never sent to Stripe."
        )
        assert simulator.requests() == []

    @pytest.mark.parametrize(
        "quantities, said", [((1, 2), "a price in two items"), (("0.5",), "take whole quantities only")]
    )
    def test_what_stripe_cannot_hold_is_refused_before_anything_is_there(
        self, simulator, connection, customer, price, quantities, said
    ):
        row = subscribe(customer, *(item(price, quantity) for quantity in quantities))
        assert said in push(connection, Kind.SUBSCRIPTION, row.id).last_error
        assert simulator.requests() == []

    def test_an_archived_price_is_made_for_it_and_archived_again(
        self, stripe_api, connection, subscription, price
    ):
        plans.archive_price(environment_id=price.environment_id, price_id=price.id)
        assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "done"
        assert stripe_api.v1.prices.retrieve(twin(price)).active is False

    @pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_before", "reset_after", "timeout"])
    @pytest.mark.parametrize("operation", CREATION)
    def test_a_fault_leaves_one_of_each(
        self, simulator, stripe_api, connection, subscription, operation, effect
    ):
        simulator.faults.add(operation, effect)
        with call_timeout(0.5):
            assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "sending"
        assert push_again(connection, subscription).state == "done"
        v1 = stripe_api.v1
        found = [v1.products, v1.prices, v1.customers, v1.subscriptions]
        assert [len(one.list().data) for one in found] == [1, 1, 1, 1]


def cancel(subscription, *, at_period_end=False):
    subscriptions.cancel(
        environment_id=subscription.environment_id,
        subscription_id=subscription.id,
        at_period_end=at_period_end,
        now=timezone.now(),
    )


class TestChanges:
    @pytest.fixture(autouse=True)
    def pushed(self, simulator, connection, subscription):
        assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "done"

    def pushed_again(self, connection, subscription):
        sync = push(connection, Kind.SUBSCRIPTION, subscription.id)
        assert (sync.state, sync.last_error) == ("done", "")
        return sync

    def test_nothing_new_is_no_call(self, simulator, connection, subscription):
        self.pushed_again(connection, subscription)
        assert writes(simulator) == CREATION

    def test_a_quantity_keeps_its_item(
        self, simulator, stripe_api, connection, subscription, price, period_end
    ):
        before = at_stripe(stripe_api, subscription)["items"].data[0].id
        change(subscription, items=(item(price, 5, period_end),))
        (planned,) = [
            call for call in dry_run.plan(connection, Kind.SUBSCRIPTION, subscription.id) if call.params
        ]
        assert (planned.differences[0].before, planned.differences[0].after) == (3, 5)
        self.pushed_again(connection, subscription)
        (kept,) = at_stripe(stripe_api, subscription)["items"].data
        assert (kept.id, kept.quantity) == (before, 5)
        assert writes(simulator) == [*CREATION, "subscriptions.update"]

    def test_another_price_keeps_its_item(
        self, stripe_api, connection, subscription, environment, period_end
    ):
        before = at_stripe(stripe_api, subscription)["items"].data[0].id
        other = builders.price(environment, unit_amount=Decimal(25))
        change(subscription, items=(item(other, 2, period_end),))
        self.pushed_again(connection, subscription)
        found = at_stripe(stripe_api, subscription)
        assert items_of(found) == [(twin(other), 2)] and found["items"].data[0].id == before
        assert [one.total for one in stripe_api.v1.invoices.list().data] == [0]

    def test_items_are_added_and_removed(
        self, stripe_api, connection, subscription, price, environment, period_end
    ):
        other = builders.price(environment, unit_amount=Decimal(25))
        change(subscription, items=(item(price, 3, period_end), item(other, 1, period_end)))
        self.pushed_again(connection, subscription)
        assert items_of(at_stripe(stripe_api, subscription)) == [(twin(price), 3), (twin(other), 1)]
        change(subscription, items=(item(other, 1, period_end),))
        self.pushed_again(connection, subscription)
        assert items_of(at_stripe(stripe_api, subscription)) == [(twin(other), 1)]

    def test_pause_and_resume(self, stripe_api, connection, subscription):
        for status, pause in (("paused", {"behavior": "void", "resumes_at": None}), ("active", None)):
            change(subscription, status=status)
            self.pushed_again(connection, subscription)
            found = at_stripe(stripe_api, subscription).pause_collection
            assert (found and found.to_dict()) == pause

    def test_one_that_stripe_paused_is_resumed(self, stripe_api, connection, subscription):
        pair = EntityMapping.objects.get(entity_id=subscription.id)
        stripe_api.v1.subscriptions.pause(pair.provider_entity_id, {"type": "subscription"})
        pair.metadata["held"]["status"] = "paused"
        pair.save()
        sync = self.pushed_again(connection, subscription)
        assert "subscriptions.resume" in sync.calls.values_list("operation", flat=True)

    def test_an_end_is_planned_moved_and_taken_back(self, stripe_api, connection, subscription, period_end):
        cancel(subscription, at_period_end=True)
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).cancel_at_period_end is True
        later = period_end + timedelta(days=90)
        change(subscription, cancel_at_period_end=False, cancel_at=later)
        self.pushed_again(connection, subscription)
        found = at_stripe(stripe_api, subscription)
        assert (found.cancel_at_period_end, found.cancel_at) == (False, int(later.timestamp()))
        change(subscription, cancel_at=None)
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).cancel_at is None

    def test_cancelling_is_one_call_and_bills_nothing(self, simulator, stripe_api, connection, subscription):
        cancel(subscription)
        self.pushed_again(connection, subscription)
        self.pushed_again(connection, subscription)
        assert writes(simulator) == [*CREATION, "subscriptions.cancel"]
        assert at_stripe(stripe_api, subscription).status == "canceled"
        assert [one.total for one in stripe_api.v1.invoices.list().data] == [0]

    def test_a_trial_is_given_and_ended(self, stripe_api, connection, subscription, period_end):
        change(subscription, trial_end=period_end + timedelta(days=5))
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).status == "trialing"
        give_card(stripe_api, subscription.customer)
        change(subscription, trial_end=None)
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).status == "active"

    def test_metadata_of_others_stays(self, stripe_api, connection, subscription):
        stripe_api.v1.subscriptions.update(
            at_stripe(stripe_api, subscription).id, {"metadata": {"somebody": "else's"}}
        )
        change(subscription, metadata={"contract": "8"})
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).metadata.to_dict().items() >= {
            ("somebody", "else's"), ("contract", "8"),
        }  # fmt: skip

    @pytest.mark.parametrize("effect", ["500_after", "reset_after"])
    def test_what_is_taken_back_after_a_lost_answer_is_taken_back_there(
        self, simulator, stripe_api, connection, subscription, price, period_end, effect
    ):
        change(subscription, items=(item(price, 9, period_end),))
        simulator.faults.add("subscriptions.update", effect)
        assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "sending"
        change(subscription, items=(item(price, 3, period_end),))
        for sync in connection.outbound_syncs.filter(state__in=["sending", "pending"]).order_by("id"):
            syncs.retry(sync.id, timezone.now())
            worker.deliver(sync.id, now=timezone.now())
        assert items_of(at_stripe(stripe_api, subscription)) == [(twin(price), 3)]

    def test_its_invoices_are_stripes_to_make(self, simulator, connection, subscription):
        before = writes(simulator)
        invoice = builders.invoice(subscription.customer, subscription_id=subscription.id)
        sync = push(connection, Kind.INVOICE, invoice.id)
        assert sync.state == "blocked" and "Stripe bills the subscription" in sync.last_error
        assert writes(simulator) == before
