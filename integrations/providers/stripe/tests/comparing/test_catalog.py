"""Products and prices: what both sides edit, and what never changes of a price."""

import pytest

from billing.models import Plan, Price
from integrations.models import EntityMapping

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seats(account, imported):
    """A product with a price, on both sides."""
    made = account.price()
    imported()
    return made


def told(finding):
    return finding.entity_type, finding.kind, finding.field, finding.ours, finding.theirs, finding.suggested


class TestNothing:
    def test_is_found_where_both_sides_are_equal(self, seats, account, imported, findings):
        tiers = [{"up_to": 10, "unit_amount": 500}, {"up_to": "inf", "unit_amount": 400}]
        common = {"product": seats.product, "currency": "usd", "recurring": {"interval": "month"}}
        create = account.api.v1.prices.create
        create({**common, "billing_scheme": "tiered", "tiers_mode": "graduated", "tiers": tiers})
        create({**common, "unit_amount_decimal": "0.5", "lookup_key": "tiny", "nickname": "Tiny"})
        create({**common, "unit_amount": 700, "currency_options": {"eur": {"unit_amount": 650}}})
        create({"product": seats.product, "currency": "jpy", "unit_amount": 5000})
        account.api.v1.prices.update(seats.id, {"active": False})
        imported()
        assert Price.objects.count() == 5
        assert findings() == []

    def test_is_found_of_what_was_made_for_one_purchase(self, seats, account, findings):
        account.api.v1.products.create({"name": "Hidden", "active": False})
        account.api.v1.prices.create(
            {"product": seats.product, "currency": "usd", "custom_unit_amount": {"enabled": True}}
        )
        assert findings() == []

    def test_is_found_of_an_inline_price_that_no_list_shows(self, account, imported, findings):
        customer, product = account.customer(1), account.api.v1.products.create({"name": "Seats"})
        data = {
            "currency": "usd", "product": product.id, "unit_amount": 500, "recurring": {"interval": "month"},
        }  # fmt: skip
        account.api.v1.subscriptions.create({"customer": customer.id, "items": [{"price_data": data}]})
        imported()
        assert Price.objects.get().status == "archived"
        Price.objects.update(status="active")
        assert findings("prices") == []


class TestAFinding:
    def test_says_what_was_changed_on_either_side(self, seats, account, findings):
        account.api.v1.products.update(seats.product, {"name": "Chairs"})
        account.api.v1.prices.update(seats.id, {"active": False})
        Plan.objects.update(description="To sit on")
        Price.objects.update(description="Monthly")
        assert [told(one) for one in findings()] == [
            ("price", "differs", "active", True, False, "take"),
            ("plan", "differs", "description", "To sit on", "", "push"),
            ("plan", "differs", "name", "Seats", "Chairs", "take"),
            ("price", "differs", "nickname", "Monthly", "", "push"),
        ]

    def test_says_what_cannot_differ_and_leaves_it_to_a_person(self, seats, findings):
        Price.objects.update(unit_amount="29.90", billing_period="ANNUAL")
        assert [told(one) for one in findings()] == [
            ("price", "differs", "billing_period", "ANNUAL", "MONTHLY", ""),
            ("price", "differs", "unit_amount", "29.90", "19.90", ""),
        ]

    def test_says_what_a_price_costs_in_other_currencies_there(self, seats, account, findings):
        options = {"currency_options": {"eur": {"unit_amount": 1800}}}
        account.api.v1.prices.update(seats.id, options)
        [found] = findings()
        assert told(found) == ("price", "differs", "currency_options", {}, {"EUR": "18.00"}, "take")

    def test_is_made_of_what_only_one_side_has(self, seats, account, findings, environment):
        other = account.price("Desks")
        mine = Plan.objects.create(environment=environment, name="Growth")
        Price.objects.create(environment=environment, plan=mine, currency="USD", unit_amount=10)
        found = {(one.entity_type, one.kind): one for one in findings()}
        assert found["plan", "only_there"].provider_entity_id == other.product
        assert found["price", "only_there"].provider_entity_id == other.id
        assert found["plan", "only_here"].entity_id == mine.pk
        assert found["price", "only_here"].entity_id in [one.pk for one in mine.prices.all()]

    def test_is_made_of_a_price_that_is_gone(self, seats, findings):
        EntityMapping.objects.filter(entity_type="price").update(provider_entity_id="price_gone")
        kinds = {one.kind: one.provider_entity_id for one in findings("prices")}
        assert kinds == {"gone": "price_gone", "only_there": seats.id}
