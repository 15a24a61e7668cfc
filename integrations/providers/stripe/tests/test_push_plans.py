"""Pushing a plan creates a product with prices at Stripe once, and their values come back unchanged."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.events import Kind
from billing.facts import PlanFacts, PriceFacts, TierFacts
from billing.models import Plan, Price
from billing.services.catalog import plans
from integrations.models import EntityMapping
from integrations.outbox import dry_run
from integrations.providers.stripe.tests.test_push_invoices import push_again, writes
from integrations.providers.stripe.tests.timeouts import call_timeout
from integrations.providers.stripe.translate.prices import price_facts
from integrations.testing import push

pytestmark = pytest.mark.django_db
TIERS = (TierFacts(10, Decimal("2.00"), Decimal(5)), TierFacts(None, Decimal("0.0005")))
# Everything that Stripe can sell, as FlexSync has it.
SOLD = {
    "flat": {"unit_amount": Decimal("19.90")},
    "sub-cent": {"unit_amount": Decimal("0.0005")},
    "package": {"unit_amount": Decimal(10), "billing_model": "package", "package_size": 100},
    "full packages": {
        "unit_amount": Decimal(10),
        "billing_model": "package",
        "package_size": 100,
        "package_rounding": "down",
    },
    "graduated": {"billing_model": "tiered", "tier_mode": "graduated", "tiers": TIERS},
    "volume": {"billing_model": "tiered", "tier_mode": "volume", "tiers": TIERS},
    "once": {"unit_amount": Decimal(50), "billing_period": "ONETIME"},
    "quarterly": {"unit_amount": Decimal(50), "billing_period": "QUARTERLY", "billing_period_count": 2},
    "two-yearly": {"unit_amount": Decimal(50), "billing_period": "ANNUAL", "billing_period_count": 2},
    "yen": {"unit_amount": Decimal(500), "currency": "JPY"},
    "dinar": {"unit_amount": Decimal("1.250"), "currency": "KWD"},
    "described": {
        "unit_amount": Decimal(1),
        "description": "Promo",
        "lookup_key": "promo",
        "metadata": {"a": "b"},
    },
}


@pytest.fixture
def plan(environment) -> Plan:
    facts = PlanFacts("Growth", "For teams that grow", metadata={"tier": "gold"})
    return plans.create(environment_id=environment.id, facts=facts)


def price(plan: Plan, **facts) -> Price:
    values = {"currency": "USD", "unit_amount": Decimal(0 if "tiers" in facts else 10)} | facts
    return plans.create_price(environment_id=plan.environment_id, facts=PriceFacts(plan_id=plan.id, **values))


def stripe_id_of(row):
    return EntityMapping.objects.get(entity_id=row.pk).provider_entity_id


def price_at_stripe(stripe_api, row):
    return stripe_api.v1.prices.retrieve(stripe_id_of(row), {"expand": ["tiers"]})


class TestPlans:
    def test_a_plan_brings_its_prices_along(self, simulator, stripe_api, connection, plan):
        monthly, yearly = price(plan), price(plan, billing_period="ANNUAL")
        assert push(connection, Kind.PLAN, plan.id).state == "done"
        assert writes(simulator) == ["products.create", "prices.create", "prices.create"]
        product = stripe_api.v1.products.retrieve(stripe_id_of(plan))
        assert (product.name, product.description, product.active) == ("Growth", "For teams that grow", True)
        assert product.metadata.to_dict() == {
            "flexprice_plan_id": plan.id,
            "flexprice_environment": plan.environment_id,
            "sync_source": "flexprice",
            "tier": "gold",
        }
        assert {price_at_stripe(stripe_api, row).product for row in (monthly, yearly)} == {product.id}
        push(connection, Kind.PLAN, plan.id)
        assert len(writes(simulator)) == 3

    def test_a_change_is_one_call_with_what_changed(self, simulator, stripe_api, connection, plan):
        push(connection, Kind.PLAN, plan.id)
        stripe_api.v1.products.update(stripe_id_of(plan), {"metadata": {"foreign": "value"}})
        changes = {"name": "Growth+", "description": "", "metadata": {"colour": "blue"}}
        plans.update(environment_id=plan.environment_id, plan_id=plan.id, changes=changes)
        (planned,) = dry_run.plan(connection, Kind.PLAN, plan.id)
        assert {(change.field, change.before, change.after) for change in planned.differences} == {
            ("name", "Growth", "Growth+"),
            ("description", "For teams that grow", ""),
            ("metadata.tier", "gold", ""),
            ("metadata.colour", None, "blue"),
        }
        push(connection, Kind.PLAN, plan.id)
        product = stripe_api.v1.products.retrieve(stripe_id_of(plan))
        assert (product.name, product.description) == ("Growth+", None)
        assert product.metadata.to_dict().keys() >= {"foreign", "colour"} and "tier" not in product.metadata

    def test_archiving_and_restoring_are_pushed(self, stripe_api, connection, plan):
        row = price(plan)
        push(connection, Kind.PLAN, plan.id)
        environment = plan.environment_id
        for archived in (True, False):
            change = (
                (plans.archive, plans.archive_price) if archived else (plans.restore, plans.restore_price)
            )
            change[0](environment_id=environment, plan_id=plan.id)
            change[1](environment_id=environment, price_id=row.id)
            assert push(connection, Kind.PLAN, plan.id).state == "done"
            assert stripe_api.v1.products.retrieve(stripe_id_of(plan)).active is not archived
            assert price_at_stripe(stripe_api, row).active is not archived

    def test_what_was_archived_before_its_first_push_is_not_created(self, simulator, connection, plan):
        row = price(plan)
        plans.archive_price(environment_id=plan.environment_id, price_id=row.id)
        plans.archive(environment_id=plan.environment_id, plan_id=plan.id)
        for kind, entity in ((Kind.PLAN, plan), (Kind.PRICE, row)):
            assert push(connection, kind, entity.id).calls.get().state == "skipped"
        assert simulator.requests() == []


class TestPrices:
    @pytest.mark.parametrize("name", SOLD)
    def test_come_back_unchanged(self, simulator, stripe_api, connection, plan, name):
        row = price(plan, **SOLD[name])
        sync = push(connection, Kind.PRICE, row.id)
        assert (sync.state, sync.last_error) == ("done", "")
        assert writes(simulator) == ["products.create", "prices.create"]
        remote = price_at_stripe(stripe_api, row).to_dict()
        local = plans.price_facts(row)
        back = price_facts(remote, plan.id)
        if name == "quarterly":
            local = replace(local, billing_period="HALF_YEARLY", billing_period_count=1)
        assert back == local

    def test_a_changed_price_is_a_new_one_that_takes_the_lookup_key(self, stripe_api, connection, plan):
        old = price(plan, lookup_key="growth")
        push(connection, Kind.PRICE, old.id)
        plans.archive_price(environment_id=plan.environment_id, price_id=old.id)
        new = price(plan, lookup_key="growth", unit_amount=Decimal(12))
        for row in (new, old):
            assert push(connection, Kind.PRICE, row.id).state == "done"
        found = [price_at_stripe(stripe_api, row) for row in (old, new)]
        assert [(price.unit_amount, price.active, price.lookup_key) for price in found] == [
            (1000, False, None),
            (1200, True, "growth"),
        ]

    @pytest.mark.parametrize(
        "facts, message",
        [
            ({"usage_type": "metered"}, "needs a meter"),
            ({"billing_period": "ANNUAL", "billing_period_count": 4}, "longest interval is 3 years"),
            ({"currency": "KWD", "unit_amount": Decimal("1.255")}, "smallest step in KWD is 0.010"),
        ],
    )
    def test_what_stripe_cannot_sell_is_refused_before_anything_is_created(
        self, simulator, connection, plan, facts, message
    ):
        sync = push(connection, Kind.PRICE, price(plan, **facts).id)
        assert sync.state == "blocked" and message in sync.last_error
        assert simulator.requests() == []

    def test_a_price_that_cannot_be_sold_does_not_block_the_others(self, simulator, connection, plan):
        price(plan, usage_type="metered")
        price(plan)
        sync = push(connection, Kind.PLAN, plan.id)
        assert sync.state == "done" and writes(simulator) == ["products.create", "prices.create"]
        assert "needs a meter" in sync.calls.get(state="skipped").detail

    @pytest.mark.parametrize("effect", ["500_before", "500_after", "reset_before", "reset_after", "timeout"])
    @pytest.mark.parametrize("operation", ["products.create", "prices.create"])
    def test_a_fault_leaves_one_of_each(self, simulator, stripe_api, connection, plan, operation, effect):
        row = price(plan)
        simulator.faults.add(operation, effect)
        with call_timeout(0.5):
            assert push(connection, Kind.PRICE, row.id).state == "sending"
        assert push_again(connection, row).state == "done"
        assert len(stripe_api.v1.products.list().data) == len(stripe_api.v1.prices.list().data) == 1
