"""A preview says what a repair does: what is sent, over what the other side has now, and nothing else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from billing.models import Customer
from billing.services.invoices import edits
from integrations.models import EntityMapping, OutboundSync
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.repairing.conftest import deliver_all
from integrations.reconcile.repairing import previews
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)


def preview(finding):
    found = previews.of(Subject(finding), "push")
    assert not found.refusal
    return found


def differences(finding):
    """Without the marks that every first push sends."""
    found = [one for call in preview(finding).calls for one in call.differences]
    return [one for one in found if "flexprice" not in one.field]


class TestAPushOfAName:
    @pytest.fixture
    def ada(self, account, imported):
        made = account.customer(1, address={"city": "Rome"})
        imported()
        return made

    def test_shows_what_is_there_now(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        assert [(one.field, one.before, one.after) for one in differences(found)] == [
            ("name", "Eve", "Customer 1")
        ]

    def test_that_both_have_changed_shows_it_too(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"address": {"city": "Milan"}})
        Customer.objects.update(address_city="Turin")
        [found] = findings()
        assert [(one.field, one.before, one.after) for one in differences(found)] == [
            ("address.city", "Milan", "Turin")
        ]


class TestTaking:
    @pytest.mark.parametrize(
        ("there", "field", "after"),
        [
            ({"address": {"city": "Rome", "country": "Narnia"}}, "address.country", "IT"),
            ({"preferred_locales": ["de", "fr"]}, "preferred_locales", ["de"]),
            ({"name": "Eve"}, "name", "Eve"),
            ({"metadata": {"size": "7"}}, "metadata.size", "7"),
        ],
    )
    def test_shows_what_the_row_can_hold(self, account, imported, findings, stripe_api, there, field, after):
        made = account.customer(1, address={"city": "Rome", "country": "IT"}, preferred_locales=["it"])
        imported()
        stripe_api.v1.customers.update(made.id, there)
        [found] = [one for one in findings() if one.field == field]
        taken = previews.of(Subject(found), "take")
        assert [(one.field, one.after) for one in taken.changes] == [(field, after)]


class TestAPushOfAQuantity:
    def test_shows_what_is_there_now(self, account, imported, findings, stripe_api):
        made = account.subscription(account.customer(1), account.price("Chair"))
        imported()
        item = made["items"].data[0].id
        stripe_api.v1.subscriptions.update(made.id, {"items": [{"id": item, "quantity": 7}]})
        [found] = findings()
        shown = [(one.field, one.before, one.after) for one in differences(found)]
        assert (f"items[{item}].quantity", 7, found.ours) in shown


class TestAPushOfAFinalInvoice:
    @pytest.fixture
    def invoice(self, stripe_api, environment, connection):
        made = builders.invoice(builders.customer(environment))
        deliver_all()
        return made

    def stripe_id(self, invoice):
        return EntityMapping.objects.get(entity_id=invoice.pk).provider_entity_id

    def edit(self, invoice):
        """Here, while nothing is sent."""
        changes = {"metadata": {"team": "red"}}
        edits.apply(
            environment_id=invoice.environment_id, invoice_id=invoice.pk, changes=changes, origin=None
        )
        OutboundSync.objects.filter(settled_at=None).delete()

    def sent(self, finding):
        return [one.params.get("metadata") for one in preview(finding).calls if not one.skipped]

    def test_shows_metadata_that_was_changed_there(self, invoice, findings, stripe_api, repaired):
        self.edit(invoice)
        stripe_api.v1.invoices.update(self.stripe_id(invoice), {"metadata": {"team": "blue"}})
        [found] = findings()
        assert self.sent(found) == [{"team": "red"}]
        assert [(one.before, one.after) for one in differences(found)] == [("blue", "red")]
        assert repaired(found, "push").state == "done"

    def test_shows_metadata_that_was_changed_here(self, invoice, findings, repaired):
        self.edit(invoice)
        [found] = findings()
        assert self.sent(found) == [{"team": "red"}]
        assert repaired(found, "push").state == "done"


class TestAPushOfANewSubscription:
    def test_ends_with_its_creation(self, account, imported, findings, environment):
        made = account.subscription(account.customer(1), account.price("Chair"))
        imported()
        EntityMapping.objects.filter(provider_entity_id=made.id).delete()
        found = next(one for one in findings() if one.kind == "only_here")
        found.suggested = "push"
        calls = preview(found).calls
        assert [one.operation for one in calls] == ["subscriptions.create"]


class TestADryRunOfTheCommand:
    def test_shows_what_is_left_out_as_left_out_only(self, account, imported, findings, stripe_api):
        ada = account.customer(1)
        imported()
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        account.customer(2)
        findings()
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("repair_findings", "push", "--all", "--dry-run", stdout=out)
        text = " ".join(out.getvalue().split())
        assert "push: customer" in text and ", name of Eve:" in text and "1 left out" in text
        assert "Customer 2" not in text
