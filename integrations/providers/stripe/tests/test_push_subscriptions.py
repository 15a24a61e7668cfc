"""Pushing a subscription creates it at Stripe once, changes its items by their ids, and never bills twice."""

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
    mapping = EntityMapping.objects.get(entity_type=Kind.SUBSCRIPTION, entity_id=subscription.id)
    return stripe_api.v1.subscriptions.retrieve(mapping.provider_entity_id)


def items_of(found):
    return [(item.price.id, item.quantity) for item in found["items"].data]


def give_card(stripe_api, customer):
    stripe_id = stripe_id_of(customer)
    card = stripe_api.v1.payment_methods.attach("pm_card_visa", {"customer": stripe_id})
    stripe_api.v1.customers.update(stripe_id, {"invoice_settings": {"default_payment_method": card.id}})


def stripe_id_of(row):
    return EntityMapping.objects.get(entity_id=row.pk).provider_entity_id


class TestCreation:
    def test_brings_customer_and_prices_along(self, simulator, stripe_api, connection, subscription, price):
        sync = push(connection, Kind.SUBSCRIPTION, subscription.id)
        assert (sync.state, sync.last_error) == ("done", "")
        assert writes(simulator) == CREATION
        found = at_stripe(stripe_api, subscription)
        owner = stripe_id_of(subscription.customer)
        assert (found.status, found.currency, found.customer) == ("active", "usd", owner)
        assert items_of(found) == [(stripe_id_of(price), 3)]
        assert found.metadata.to_dict() == {
            "flexprice_subscription_id": subscription.id,
            "flexprice_customer_id": subscription.customer_id,
            "sync_source": "flexprice",
            "contract": "7",
        }

    def test_does_not_charge_what_was_paid_here(self, stripe_api, connection, subscription, period_end):
        push(connection, Kind.SUBSCRIPTION, subscription.id)
        found = at_stripe(stripe_api, subscription)
        assert datetime.fromtimestamp(found.billing_cycle_anchor, UTC) == period_end
        assert [row.total for row in stripe_api.v1.invoices.list().data] == [0]

    def test_without_a_period_bills_at_once_and_needs_a_payment_method(
        self, simulator, stripe_api, connection, customer, price
    ):
        row = subscribe(customer, item(price, 2))
        sync = push(connection, Kind.SUBSCRIPTION, row.id)
        assert sync.state == "blocked" and "no attached payment source" in sync.last_error
        give_card(stripe_api, customer)
        assert push_again(connection, row).state == "done"
        assert at_stripe(stripe_api, row).status == "active"
        assert [(row.total, row.status) for row in stripe_api.v1.invoices.list().data] == [(2000, "paid")]

    def test_continues_a_trial(self, stripe_api, connection, customer, price, period_end):
        row = subscribe(customer, item(price), status="trialing", trial_end=period_end)
        push(connection, Kind.SUBSCRIPTION, row.id)
        found = at_stripe(stripe_api, row)
        assert (found.status, found.trial_end) == ("trialing", int(period_end.timestamp()))

    def test_of_a_paused_one_pauses_it_afterwards(
        self, simulator, stripe_api, connection, customer, price, period_end
    ):
        row = subscribe(customer, item(price, 1, period_end), status="paused")
        push(connection, Kind.SUBSCRIPTION, row.id)
        assert writes(simulator) == [*CREATION, "subscriptions.update"]
        assert at_stripe(stripe_api, row).pause_collection.behavior == "void"

    def test_is_not_done_for_a_draft_or_a_cancelled_one(self, simulator, connection, customer, price):
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
        "quantities, message", [((1, 2), "a price in two items"), (("0.5",), "take whole quantities only")]
    )
    def test_refuses_what_stripe_cannot_hold_before_anything_is_created(
        self, simulator, connection, customer, price, quantities, message
    ):
        row = subscribe(customer, *(item(price, quantity) for quantity in quantities))
        assert message in push(connection, Kind.SUBSCRIPTION, row.id).last_error
        assert simulator.requests() == []

    def test_creates_an_archived_price_and_archives_it_again(
        self, stripe_api, connection, subscription, price
    ):
        plans.archive_price(environment_id=price.environment_id, price_id=price.id)
        assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "done"
        assert stripe_api.v1.prices.retrieve(stripe_id_of(price)).active is False

    @pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_before", "reset_after", "timeout"])
    @pytest.mark.parametrize("operation", CREATION)
    def test_with_a_fault_leaves_one_of_each(
        self, simulator, stripe_api, connection, subscription, operation, effect
    ):
        simulator.faults.add(operation, effect)
        with call_timeout(0.5):
            assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "sending"
        assert push_again(connection, subscription).state == "done"
        v1 = stripe_api.v1
        found = [v1.products, v1.prices, v1.customers, v1.subscriptions]
        assert [len(resource.list().data) for resource in found] == [1, 1, 1, 1]


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

    def test_of_nothing_make_no_call(self, simulator, connection, subscription):
        self.pushed_again(connection, subscription)
        assert writes(simulator) == CREATION

    def test_of_a_quantity_keep_its_item(
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

    def test_of_a_price_keep_its_item(self, stripe_api, connection, subscription, environment, period_end):
        before = at_stripe(stripe_api, subscription)["items"].data[0].id
        other = builders.price(environment, unit_amount=Decimal(25))
        change(subscription, items=(item(other, 2, period_end),))
        self.pushed_again(connection, subscription)
        found = at_stripe(stripe_api, subscription)
        assert items_of(found) == [(stripe_id_of(other), 2)] and found["items"].data[0].id == before
        assert [row.total for row in stripe_api.v1.invoices.list().data] == [0]

    def test_add_and_remove_items(self, stripe_api, connection, subscription, price, environment, period_end):
        other = builders.price(environment, unit_amount=Decimal(25))
        change(subscription, items=(item(price, 3, period_end), item(other, 1, period_end)))
        self.pushed_again(connection, subscription)
        assert items_of(at_stripe(stripe_api, subscription)) == [
            (stripe_id_of(price), 3),
            (stripe_id_of(other), 1),
        ]
        change(subscription, items=(item(other, 1, period_end),))
        self.pushed_again(connection, subscription)
        assert items_of(at_stripe(stripe_api, subscription)) == [(stripe_id_of(other), 1)]

    def test_pause_and_resume(self, stripe_api, connection, subscription):
        for status, pause in (("paused", {"behavior": "void", "resumes_at": None}), ("active", None)):
            change(subscription, status=status)
            self.pushed_again(connection, subscription)
            found = at_stripe(stripe_api, subscription).pause_collection
            assert (found and found.to_dict()) == pause

    def test_resume_a_subscription_that_stripe_paused(self, stripe_api, connection, subscription):
        mapping = EntityMapping.objects.get(entity_id=subscription.id)
        stripe_api.v1.subscriptions.pause(mapping.provider_entity_id, {"type": "subscription"})
        mapping.metadata["held"]["status"] = "paused"
        mapping.save()
        sync = self.pushed_again(connection, subscription)
        assert "subscriptions.resume" in sync.calls.values_list("operation", flat=True)

    def test_schedule_move_and_revoke_an_end(self, stripe_api, connection, subscription, period_end):
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

    def test_cancel_with_one_call_and_bill_nothing(self, simulator, stripe_api, connection, subscription):
        cancel(subscription)
        self.pushed_again(connection, subscription)
        self.pushed_again(connection, subscription)
        assert writes(simulator) == [*CREATION, "subscriptions.cancel"]
        assert at_stripe(stripe_api, subscription).status == "canceled"
        assert [row.total for row in stripe_api.v1.invoices.list().data] == [0]

    def test_grant_and_end_a_trial(self, stripe_api, connection, subscription, period_end):
        change(subscription, trial_end=period_end + timedelta(days=5))
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).status == "trialing"
        give_card(stripe_api, subscription.customer)
        change(subscription, trial_end=None)
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).status == "active"

    def test_keep_foreign_metadata(self, stripe_api, connection, subscription):
        stripe_api.v1.subscriptions.update(
            at_stripe(stripe_api, subscription).id, {"metadata": {"foreign": "value"}}
        )
        change(subscription, metadata={"contract": "8"})
        self.pushed_again(connection, subscription)
        assert at_stripe(stripe_api, subscription).metadata.to_dict().items() >= {
            ("foreign", "value"), ("contract", "8"),
        }  # fmt: skip

    @pytest.mark.parametrize("effect", ["500_after", "reset_after"])
    def test_reverted_after_a_lost_response_are_reverted_at_stripe(
        self, simulator, stripe_api, connection, subscription, price, period_end, effect
    ):
        change(subscription, items=(item(price, 9, period_end),))
        simulator.faults.add("subscriptions.update", effect)
        assert push(connection, Kind.SUBSCRIPTION, subscription.id).state == "sending"
        change(subscription, items=(item(price, 3, period_end),))
        for sync in connection.outbound_syncs.filter(state__in=["sending", "pending"]).order_by("id"):
            syncs.retry(sync.id, timezone.now())
            worker.deliver(sync.id, now=timezone.now())
        assert items_of(at_stripe(stripe_api, subscription)) == [(stripe_id_of(price), 3)]

    def test_leave_its_invoices_to_stripe(self, simulator, connection, subscription):
        before = writes(simulator)
        invoice = builders.invoice(subscription.customer, subscription_id=subscription.id)
        sync = push(connection, Kind.INVOICE, invoice.id)
        assert sync.state == "blocked" and "Stripe bills the subscription" in sync.last_error
        assert writes(simulator) == before
