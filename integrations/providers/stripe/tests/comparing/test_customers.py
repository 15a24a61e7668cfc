"""Customers: each difference between both sides is found, with both values and what to do."""

import pytest

from billing.models import Customer
from integrations.models import EntityMapping, Finding

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(account, imported):
    """A customer on both sides."""
    made = account.customer(1, phone="555", metadata={"tier": "gold"})
    imported()
    return made


def told(finding):
    return finding.kind, finding.field, finding.ours, finding.theirs, finding.suggested


class TestNothing:
    def test_is_found_where_both_sides_are_equal(self, ada, findings):
        assert findings() == []

    def test_is_found_of_a_customer_who_was_archived_here(self, ada, findings, stripe_api):
        Customer.objects.update(status="archived")
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        assert findings() == []

    def test_is_found_of_what_cannot_be_held_here(self, account, imported, findings):
        account.customer(1, address={"country": "Atlantis"}, preferred_locales=["fr", "de"])
        imported()
        assert findings() == []


class TestAFinding:
    def test_says_what_was_changed_there(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        assert told(found) == ("differs", "name", "Customer 1", "Eve", "take")
        assert (found.provider_entity_id, found.label) == (ada.id, "Eve")
        assert found.entity_id == Customer.objects.get().pk

    def test_says_what_was_changed_here(self, ada, findings):
        Customer.objects.update(phone="777", metadata={"tier": "gold", "team": "red"})
        assert [told(one) for one in findings()] == [
            ("differs", "metadata.team", "red", None, "push"),
            ("differs", "phone", "777", "555", "push"),
        ]

    def test_says_that_both_were_changed(self, ada, findings, stripe_api, connection):
        connection.customer_owner = "provider"
        connection.save()
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        Customer.objects.update(name="Ada")
        [found] = findings()
        assert told(found) == ("differs", "name", "Ada", "Eve", "take")
        assert "Both sides" in found.why

    def test_suggests_nothing_that_a_switch_forbids(self, ada, findings, stripe_api, connection):
        connection.customer_outbound_enabled = False
        connection.save()
        Customer.objects.update(phone="777")
        assert [one.suggested for one in findings()] == ["take"]

    def test_has_the_money_at_stake_of_a_balance(self, ada, findings, stripe_api, compared):
        move = {"amount": -1250, "currency": "usd"}
        stripe_api.v1.customers.balance_transactions.create(ada.id, move)
        [found] = findings()
        assert told(found) == ("differs", "balance", "0.00", "-12.50", "take")
        assert (found.amount_at_stake, found.currency) == (12.5, "USD")
        assert compared().money_at_stake == {"USD": "12.50"}

    def test_is_made_of_what_is_only_there(self, ada, findings, account):
        eve = account.customer(2)
        [found] = findings()
        assert told(found)[:2] == ("only_there", "")
        assert (found.provider_entity_id, found.suggested, found.label) == (eve.id, "take", "Customer 2")

    def test_is_made_of_what_is_only_here(self, ada, findings, environment):
        bob = Customer.objects.create(environment=environment, name="Bob")
        [found] = findings()
        assert (found.kind, found.entity_id, found.suggested) == ("only_here", bob.pk, "push")
        assert found.label == "Bob"

    def test_is_made_of_what_is_gone_there(self, ada, findings, stripe_api):
        stripe_api.v1.customers.delete(ada.id)
        [found] = findings()
        assert (found.kind, found.provider_entity_id, found.suggested) == ("gone", ada.id, "take")

    def test_is_not_made_of_kinds_that_are_not_synced(self, ada, compared, account, connection):
        connection.customer_inbound_enabled = connection.customer_outbound_enabled = False
        connection.save()
        account.customer(2)
        run = compared()
        off = "customer_inbound_enabled and customer_outbound_enabled are off for this connection."
        assert run.parts.get(name="customers").left_out == off
        assert run.found == 0

    def test_is_not_made_where_only_the_other_direction_is_on(
        self, ada, findings, account, connection, environment
    ):
        connection.customer_inbound_enabled = False
        connection.save()
        account.customer(2)
        assert findings() == []
        connection.customer_inbound_enabled, connection.customer_outbound_enabled = True, False
        connection.save()
        EntityMapping.objects.exclude(provider_entity_id=ada.id).delete()
        Customer.objects.create(environment=environment, name="Bob")
        assert [one.kind for one in findings()] == ["only_there"]

    def test_is_not_made_of_what_another_environment_has_made(self, ada, findings, account):
        account.customer(2, metadata={"flexprice_environment": "env_other"})
        assert findings() == []

    def test_is_kept_once_however_often_it_is_found(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [first] = findings()
        stripe_api.v1.customers.update(ada.id, {"name": "Eva"})
        [again] = findings()
        assert (again.pk, again.theirs) == (first.pk, "Eva")
        assert again.seen_at > first.seen_at and Finding.objects.count() == 1
