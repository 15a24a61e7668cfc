"""Tax ids of customers, which can only be added and deleted: imported, compared and repaired."""

import pytest

from billing.models import Customer
from integrations.models import EntityMapping
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.repairing import requests

pytestmark = pytest.mark.django_db(transaction=True)

VAT, EIN = {"type": "eu_vat", "value": "DE123456789"}, {"type": "us_ein", "value": "12-3456789"}


def here():
    return sorted(f"{one['type']} {one['value']}" for one in Customer.objects.get().tax_ids)


@pytest.fixture
def ada(account, imported):
    """A customer on both sides, with one tax id."""
    made = account.customer(1, tax_id_data=[VAT])
    imported()
    return made


@pytest.fixture
def there(ada, stripe_api):
    """The tax ids at Stripe, and by their ids."""

    def read():
        found = stripe_api.v1.customers.tax_ids.list(ada.id).data
        return {f"{one.type} {one.value}": one.id for one in found}

    return read


class TestAnImport:
    def test_brings_them_here(self, ada, findings):
        assert here() == ["eu_vat DE123456789"] and findings() == []

    def test_follows_what_was_added_and_deleted_there(self, ada, there, imported, stripe_api):
        stripe_api.v1.customers.tax_ids.create(ada.id, EIN)
        stripe_api.v1.customers.tax_ids.delete(ada.id, there()["eu_vat DE123456789"])
        imported()
        assert here() == ["us_ein 12-3456789"]

    def test_keeps_what_was_added_here(self, ada, imported):
        Customer.objects.update(tax_ids=[VAT, EIN])
        imported()
        assert here() == ["eu_vat DE123456789", "us_ein 12-3456789"]

    def test_costs_one_call_a_page(self, account, imported, simulator):
        for number in range(3):
            account.customer(number, tax_id_data=[VAT])
        before = len(simulator.requests())
        imported()
        operations = [one["operation"] for one in simulator.requests()[before:]]
        assert operations.count("customers.list") == 1
        assert not [one for one in operations if one.startswith("customers.") and one != "customers.list"]


class TestAFinding:
    def only(self, findings):
        [found] = findings()
        assert found.field == "tax_ids"
        return found

    def test_of_one_that_was_added_there_is_taken(self, ada, findings, stripe_api, repaired):
        stripe_api.v1.customers.tax_ids.create(ada.id, EIN)
        found = self.only(findings)
        assert (found.ours, found.theirs, found.suggested) == (
            ["eu_vat DE123456789"], ["eu_vat DE123456789", "us_ein 12-3456789"], "take",
        )  # fmt: skip
        assert repaired(found).state == "done" and len(here()) == 2 and findings() == []

    def test_of_one_that_was_deleted_there_is_taken(self, ada, there, findings, stripe_api, repaired):
        stripe_api.v1.customers.tax_ids.delete(ada.id, there()["eu_vat DE123456789"])
        found = self.only(findings)
        assert found.suggested == "take"
        assert repaired(found).state == "done" and here() == [] and findings() == []

    def test_of_one_that_was_added_here_is_pushed(self, ada, there, findings, repaired):
        Customer.objects.update(tax_ids=[VAT, EIN])
        found = self.only(findings)
        assert found.suggested == "push"
        assert repaired(found).state == "done" and len(there()) == 2 and findings() == []

    def test_of_one_that_was_deleted_here_is_pushed(self, ada, there, findings, repaired):
        Customer.objects.update(tax_ids=[])
        found = self.only(findings)
        assert found.suggested == "push"
        assert repaired(found).state == "done" and there() == {} and findings() == []

    def test_of_both_sides_is_repaired_in_two_passes(self, ada, there, findings, stripe_api):
        stripe_api.v1.customers.tax_ids.create(ada.id, EIN)
        Customer.objects.update(tax_ids=[])
        for _ in range(2):
            found = self.only(findings)
            requests.ask(found.pk, found.suggested, by="ada")
            carry_out_all()
        assert findings() == [] and here() == list(there()) == ["us_ein 12-3456789"]

    def test_is_not_made_of_another_spelling(self, ada, findings):
        Customer.objects.update(tax_ids=[{"type": "eu_vat", "value": "DE 123 456 789"}])
        assert findings() == []

    def test_is_not_made_of_more_than_stripe_lists(self, ada, findings, stripe_api):
        for number in range(10):
            stripe_api.v1.customers.tax_ids.create(ada.id, {"type": "us_ein", "value": f"12-345678{number}"})
        assert findings() == []


def test_an_older_page_takes_nothing_back(ada, stripe_api, connection, monkeypatch):
    """A tax id was sent after the page was asked for."""
    from integrations.reconcile.importing import runs, work
    from integrations.reconcile.paging import ahead

    run = runs.start(connection, started_by="test", here=True, links=False, names=["customers"])
    asked = ahead.Read

    def meanwhile(*args):
        read = asked(*args)
        if EntityMapping.objects.filter(metadata__tax_ids__has_key="us_ein 12-3456789").exists():
            return read
        made = stripe_api.v1.customers.tax_ids.create(ada.id, EIN)
        Customer.objects.update(tax_ids=[VAT, EIN])
        mapping = EntityMapping.objects.get()
        mapping.metadata["tax_ids"]["us_ein 12-3456789"] = made.id
        mapping.save()
        return read

    monkeypatch.setattr("integrations.reconcile.paging.reader.Read", meanwhile)
    while work.work(run.pk, seconds=600):
        pass
    assert len(here()) == 2
