"""Plans, prices, subscriptions and invoices that are gone at Stripe; and what ended on both sides."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.errors import Conflict
from billing.events import Kind
from billing.facts import PaymentFacts, PlanFacts, PriceFacts, SubscriptionFacts, SubscriptionItemFacts
from billing.models import Invoice, Plan, Subscription
from billing.services.catalog import plans
from billing.services.invoices import endings
from billing.services.payments import payments
from billing.services.subscriptions import subscriptions
from integrations.mappings import entity_mappings
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.gone.acts import (
    deliver,
    resolve,
    stripe_id_of,
)
from integrations.providers.stripe.tests.test_push_subscriptions import give_card
from integrations.testing import push

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(simulator, connection, environment):
    """A plan without prices at Stripe, whose product can be deleted there."""
    plan = plans.create(environment_id=environment.pk, facts=PlanFacts("Growth"))
    assert push(connection, Kind.PLAN, plan.pk).state == "done"
    return plan


@pytest.fixture
def price(connection, environment, simulator):
    price = builders.price(environment)
    assert push(connection, Kind.PLAN, price.plan_id).state == "done"
    return price


@pytest.fixture
def paying(simulator, connection, stripe_api, customer):
    """A customer with a card."""
    assert push(connection, Kind.CUSTOMER, customer.pk).state == "done"
    give_card(stripe_api, customer)
    return customer


def vanish(simulator, row):
    """Stripe forgets the object: so it is with test data that is deleted, and prices deleted by hand."""
    simulator.forget(stripe_id_of(row))


def rename(plan):
    plans.update(environment_id=plan.environment_id, plan_id=plan.pk, changes={"name": "Growth+"})


class TestAPlan:
    @pytest.fixture
    def gone(self, plan, stripe_api):
        stripe_api.v1.products.delete(stripe_id_of(plan))
        return plan

    def test_is_created_anew_with_its_prices(self, connection, stripe_api, gone):
        facts = PriceFacts(plan_id=gone.pk, currency="USD", unit_amount=Decimal(10))
        price = plans.create_price(environment_id=gone.environment_id, facts=facts)
        assert push(connection, Kind.PRICE, price.pk).state == "blocked"
        assert push(connection, Kind.PLAN, gone.pk).state == "blocked"
        resolve(gone, "create_anew")
        assert deliver() == {gone.pk: "done", price.pk: "done"}
        assert stripe_api.v1.prices.retrieve(stripe_id_of(price)).product == stripe_id_of(gone)

    def test_takes_along_prices_that_nobody_has_looked_for(self, connection, simulator, stripe_api, price):
        """They are gone with their product, and say so in their history."""
        plan, old = price.plan, stripe_id_of(price)
        simulator.forget(old)
        vanish(simulator, plan)
        rename(plan)
        assert push(connection, Kind.PLAN, plan.pk).state == "blocked"
        product = stripe_id_of(plan)
        resolve(plan, "create_anew")
        assert set(deliver().values()) == {"done"}
        assert stripe_api.v1.prices.retrieve(stripe_id_of(price)).product == stripe_id_of(plan)
        kept = EntityMapping.objects.get(provider_entity_id=old)
        assert kept.gone_reason == f"It was of {product}, which is gone."

    def test_that_was_archived_here_is_done(self, connection, gone):
        plans.archive(environment_id=gone.environment_id, plan_id=gone.pk)
        assert push(connection, Kind.PLAN, gone.pk).state == "done"

    def test_archived_by_choice_is_archived(self, connection, gone):
        rename(gone)
        assert push(connection, Kind.PLAN, gone.pk).state == "blocked"
        resolve(gone, "archive")
        assert deliver() == {gone.pk: "done"}
        assert Plan.objects.get().status == "archived"


class TestAPrice:
    @pytest.fixture
    def gone(self, price, simulator):
        vanish(simulator, price)
        return price

    def test_blocks_neither_its_plan_nor_the_other_prices(self, connection, gone):
        rename(gone.plan)
        facts = PriceFacts(plan_id=gone.plan_id, currency="EUR", unit_amount=Decimal(9))
        other = plans.create_price(environment_id=gone.environment_id, facts=facts)
        plans.update_price(
            environment_id=gone.environment_id, price_id=gone.pk, changes={"description": "Monthly"}
        )
        assert push(connection, Kind.PLAN, gone.plan_id).state == "done"
        assert deliver() == {gone.plan_id: "done", other.pk: "done", gone.pk: "blocked"}

    def test_blocks_a_subscription_to_it_until_it_is_created_anew(self, connection, paying, gone):
        subscription = subscribe(paying, gone)
        sync = push(connection, Kind.SUBSCRIPTION, subscription.pk)
        assert sync.last_error.startswith(f"The price {gone.pk} is gone at Stripe")
        resolve(gone, "create_anew")
        assert deliver()[subscription.pk] == "done"

    def test_that_was_archived_here_is_done(self, connection, gone):
        plans.archive_price(environment_id=gone.environment_id, price_id=gone.pk)
        assert push(connection, Kind.PRICE, gone.pk).state == "done"


def subscribe(customer, price):
    facts = SubscriptionFacts(
        customer_id=customer.pk, currency="USD", items=[SubscriptionItemFacts(price.pk, Decimal(1))]
    )
    return subscriptions.create(environment_id=customer.environment_id, facts=facts)


class TestASubscription:
    @pytest.fixture
    def subscription(self, connection, paying, price):
        subscription = subscribe(paying, price)
        assert push(connection, Kind.SUBSCRIPTION, subscription.pk).state == "done"
        return subscription

    @pytest.fixture(params=["cancelled there", "forgotten"])
    def gone(self, request, subscription, stripe_api, simulator):
        if request.param == "forgotten":
            vanish(simulator, subscription)
        else:
            stripe_api.v1.subscriptions.cancel(stripe_id_of(subscription))
        return subscription

    def test_blocks_its_push_and_is_cancelled_by_choice(self, connection, gone):
        change(gone, cancel_at_period_end=True)
        sync = push(connection, Kind.SUBSCRIPTION, gone.pk)
        assert sync.state == "blocked"
        assert sync.last_error.startswith(f"The subscription {gone.pk} is gone at Stripe")
        resolve(gone, "archive")
        assert deliver()[gone.pk] == "done"
        assert Subscription.objects.get().status == "cancelled"

    def test_is_created_anew_by_choice(self, connection, stripe_api, gone):
        change(gone, cancel_at_period_end=True)
        assert push(connection, Kind.SUBSCRIPTION, gone.pk).state == "blocked"
        old = stripe_id_of(gone)
        resolve(gone, "create_anew")
        assert deliver()[gone.pk] == "done"
        assert stripe_id_of(gone) != old
        assert stripe_api.v1.subscriptions.retrieve(stripe_id_of(gone)).status != "canceled"

    def test_that_was_cancelled_here_is_done(self, connection, gone):
        subscriptions.cancel(
            environment_id=gone.environment_id,
            subscription_id=gone.pk,
            at_period_end=False,
            now=timezone.now(),
        )
        assert push(connection, Kind.SUBSCRIPTION, gone.pk).state == "done"


def change(subscription, **changes):
    subscriptions.update(
        environment_id=subscription.environment_id, subscription_id=subscription.pk, changes=changes
    )


class TestAnInvoice:
    @pytest.fixture
    def gone(self, connection, customer, simulator):
        """An invoice whose draft was deleted at Stripe before it was finalized there."""
        invoice = builders.invoice(customer)
        simulator.faults.add("invoices.finalize_invoice", "500_before")
        assert push(connection, Kind.INVOICE, invoice.pk).state == "sending"
        vanish(simulator, invoice)
        return invoice

    def test_blocks_its_push_and_is_created_anew_by_choice(self, connection, stripe_api, gone):
        again(gone)
        assert blocking(gone).startswith(f"The invoice {gone.pk} is gone at Stripe")
        resolve(gone, "create_anew")
        assert deliver()[gone.pk] == "done"
        assert stripe_api.v1.invoices.retrieve(stripe_id_of(gone)).status == "open"

    def test_is_voided_by_choice(self, connection, gone):
        again(gone)
        resolve(gone, "archive")
        assert deliver()[gone.pk] == "done"
        assert Invoice.objects.get().status == "voided"

    def test_that_was_voided_here_is_done(self, connection, gone):
        endings.void(environment_id=gone.environment_id, invoice_id=gone.pk, now=timezone.now())
        assert deliver()[gone.pk] == "done"

    def test_left_needs_no_report_of_its_payments(self, connection, gone):
        again(gone)
        resolve(gone, "leave")
        payment = payments.create(
            environment_id=gone.environment_id,
            facts=PaymentFacts(
                gone.customer_id,
                invoice_id=gone.pk,
                amount=builders.TOTAL,
                currency="USD",
                status="succeeded",
            ),
            now=timezone.now(),
        )
        assert deliver() == {gone.customer_id: "done", gone.pk: "done", payment.pk: "done"}

    def test_that_was_made_at_stripe_is_not_made_anew(self, connection, customer, simulator):
        invoice = builders.invoice(customer)
        Invoice.objects.filter(pk=invoice.pk).update(is_external=True)
        mapping = entity_mappings.link(
            connection_id=connection.pk, kind=Kind.INVOICE, entity_id=invoice.pk, provider_id="in_gone"
        )
        mapping.gone_at = timezone.now()
        mapping.save()
        with pytest.raises(Conflict, match="does not send"):
            resolve(invoice, "create_anew")
        resolve(invoice, "archive")
        invoice.refresh_from_db()
        assert invoice.status == "voided"


def again(invoice):
    OutboundSync.objects.filter(entity_id=invoice.pk).update(next_attempt_at=timezone.now())
    deliver()


def blocking(invoice):
    return OutboundSync.objects.get(entity_id=invoice.pk, state="blocked").last_error
