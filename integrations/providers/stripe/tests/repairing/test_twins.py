"""What may be one on both sides is linked, or said to be two; it is never doubled before that."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer, Invoice
from billing.tests.admin.pages import page
from integrations.linking import changes
from integrations.linking.pairs import Deed, Pair
from integrations.models import EntityMapping, Finding, FindingRepair
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.repairing import accepting, bulk, lookalikes, options, requests
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(account, imported):
    """A customer on both sides."""
    made = account.customer(1, email="ada@example.com")
    imported()
    return made


@pytest.fixture
def there(ada, account):
    """Of another name, but with one e-mail address."""
    return account.customer(2, name="Bar GmbH", email="Billing@Foo.example")


@pytest.fixture
def here(ada, environment):
    return Customer.objects.create(environment=environment, name="Foo Ltd", email="billing@foo.example")


@pytest.fixture
def pair(here, there, findings):
    """The finding of the row, then that of the object."""
    return sorted(findings(), key=lambda one: one.kind)


def again(finding):
    return Finding.objects.get(pk=finding.pk)


def accept(finding):
    accepting.accept([finding.pk], Acceptance("ada", "They are two.", None, timezone.now()))


class TestAPair:
    def test_is_to_be_linked(self, pair, here, there):
        assert [(one.kind, one.suggested, one.twins) for one in pair] == [
            ("only_here", "link", [there.id]), ("only_there", "link", [here.pk]),
        ]  # fmt: skip
        assert there.id in pair[0].why and here.pk in pair[1].why

    def test_is_neither_pushed_nor_taken(self, pair):
        assert [options.offered(Subject(one)) for one in pair] == [["accept"], ["accept"]]
        summary = bulk.ask(Finding.objects.all(), bulk.SUGGESTED, by="ada")
        assert (dict(summary.asked), dict(summary.refused)) == ({}, {lookalikes.REFUSAL: 2})

    def test_is_two_once_a_person_has_said_so_of_either(self, pair):
        for said, other, repair in ((pair[0], pair[1], "take"), (pair[1], pair[0], "push")):
            accept(said)
            assert again(other).suggested == repair and repair in options.offered(Subject(again(other)))
            accepting.reopen(said.pk)
            assert again(other).suggested == "link"

    def test_that_is_two_stays_so_in_later_comparisons(self, pair, findings, repaired):
        accept(pair[0])
        [found] = findings()
        assert (found.pk, found.suggested) == (pair[1].pk, "take")
        assert repaired(found).state == "done" and Customer.objects.count() == 3

    def test_that_was_said_to_be_two_can_be_pushed_itself(self, pair, repaired, stripe_api):
        accept(pair[0])
        assert repaired(again(pair[0]), "push").state == "done"
        assert len(stripe_api.v1.customers.list().data) == 3


class TestANameInAnotherCase:
    def test_is_a_doubt_between_what_both_sides_lack(self, ada, account, environment, findings):
        account.customer(2, name="Link A")
        Customer.objects.create(environment=environment, name="link a")
        assert {one.suggested for one in findings()} == {"link"}

    def test_is_none_beside_what_is_linked(self, ada, environment, findings):
        Customer.objects.create(environment=environment, name="customer 1")
        assert [one.suggested for one in findings()] == ["push"]


class TestWhatIsLinkedToAnother:
    def test_keeps_a_row_of_its_email_from_being_pushed(self, ada, environment, findings):
        Customer.objects.create(environment=environment, name="Ada again", email="ADA@example.com")
        [found] = findings()
        assert (found.suggested, found.twins) == ("link", [ada.id])
        assert "push" not in options.offered(Subject(found))

    def test_says_to_relink_or_unlink_that_first(self, ada, environment, findings, admin_client):
        row = Customer.objects.create(environment=environment, name="Ada again", email="ADA@example.com")
        [found] = findings()
        mapping = EntityMapping.objects.get(provider_entity_id=ada.id)
        assert f"{ada.id}, which is linked to {mapping.entity_id} already ({mapping.pk}): relink" in found.why
        assert options.refusal(Subject(found), "push") == lookalikes.TAKEN
        shown = admin_client.get(page(Finding, "changelist")).content.decode()
        assert f"Relink or unlink {ada.id}" in shown and page(EntityMapping, "change", mapping.pk) in shown
        relink = changes.plan(Pair(mapping.connection, Kind.CUSTOMER, row.pk, ada.id), mapping)
        changes.make(relink, Deed("ada", "It is the other row."), timezone.now())
        assert row.pk not in {one.entity_id for one in findings() if one.kind == "only_here"}

    def test_keeps_an_object_of_its_email_from_being_taken(self, ada, account, findings):
        account.customer(2, name="Ada again", email="ADA@example.com")
        [found] = findings()
        row = EntityMapping.objects.get(provider_entity_id=ada.id).entity_id
        assert (found.suggested, found.twins) == ("link", [row])
        assert "take" not in options.offered(Subject(found))

    def test_may_be_another_one_as_a_person_says(self, ada, account, findings, repaired):
        account.customer(2, name="Ada again", email="ADA@example.com")
        [found] = findings()
        accept(found)
        assert repaired(again(found), "take").state == "done" and Customer.objects.count() == 2


class TestAnObjectThatNamesItsRow:
    def test_is_taken_and_linked(self, here, account, findings, repaired):
        made = account.customer(2, name="Foo Ltd", metadata={"flexprice_customer_id": here.pk})
        found = {one.kind: one for one in findings()}
        assert (found["only_there"].suggested, found["only_here"].suggested) == ("take", "link")
        assert repaired(found["only_there"]).state == "done"
        assert EntityMapping.objects.get(provider_entity_id=made.id).entity_id == here.pk


class TestATwinThatComesLater:
    def test_keeps_a_push_that_was_asked_for_from_being_made(self, here, findings, stripe_api):
        [found] = findings()
        requests.ask(found.pk, "push", by="ada")
        Customer.objects.exclude(pk=here.pk).update(email=here.email)
        carry_out_all()
        failed = FindingRepair.objects.get()
        assert failed.state == "failed" and "link the two" in failed.reason
        assert (again(found).suggested, len(stripe_api.v1.customers.list().data)) == ("link", 1)

    def test_keeps_what_was_to_be_taken_from_being_doubled(self, there, findings, environment):
        [found] = findings()
        requests.ask(found.pk, "take", by="ada")
        Customer.objects.create(environment=environment, name="Late", email="billing@foo.example")
        carry_out_all()
        assert FindingRepair.objects.get().state == "failed" and Customer.objects.count() == 2


class TestADebt:
    @pytest.fixture
    def unlinked(self, account, imported):
        """An invoice on both sides whose link was lost, and with it which is which."""
        made = account.invoice(account.customer(1), 5000, paid=False)
        imported()
        EntityMapping.objects.filter(provider_entity_id=made.id).delete()
        Invoice.objects.update(is_external=False)
        return made

    def test_is_asked_for_once(self, unlinked, findings):
        assert {(one.kind, one.suggested) for one in findings()} == {
            ("only_here", "link"), ("only_there", "link"),
        }  # fmt: skip

    def test_of_another_amount_is_another(self, unlinked, findings):
        Invoice.objects.update(total=49, subtotal=49, amount_due=49, amount_remaining=49)
        assert {one.suggested for one in findings()} == {"push", "take"}


class TestThePages:
    def test_lead_to_the_page_that_links_them(self, admin_client, pair, here, there):
        shown = admin_client.get(page(Finding, "changelist")).content.decode()
        assert f"row={here.pk}&amp;object={there.id}" in shown and f"Link to {there.id}" in shown

    def test_of_the_command_say_so(self, pair):
        out = StringIO()
        with pytest.raises(CommandError):
            call_command("repair_findings", "suggested", "--all", "--dry-run", stdout=out)
        assert "2 left out" in out.getvalue() and "link the two by hand" in " ".join(out.getvalue().split())
