"""What belongs to something that may be one on both sides waits with it: it is not doubled on the way."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.facts import SubscriptionFacts
from billing.facts import SubscriptionItemFacts as Item
from billing.models import Customer, Plan, Price
from billing.services.subscriptions import subscriptions
from integrations.models import EntityMapping, Finding, FindingRepair, OutboundSync
from integrations.outbox.dry_run import DryRunContext
from integrations.provider_api import registry
from integrations.providers.stripe.tests import builders
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.comparing import belongings
from integrations.reconcile.repairing import accepting, bulk, options, previews, requests
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)


def by_kind():
    return {one.entity_type: Finding.objects.get(pk=one.pk) for one in Finding.objects.filter(state="open")}


def accept(finding):
    accepting.accept([finding.pk], Acceptance("ada", "They are two.", None, timezone.now()))


def suggested():
    return {(one.kind, one.entity_type): one.suggested for one in Finding.objects.filter(state="open")}


def refuses(finding, repair):
    why = options.refusal(Subject(finding), repair)
    assert previews.of(Subject(finding), repair).refusal == why
    return why


class TestWhatIsOnlyHere:
    @pytest.fixture
    def foo(self, environment):
        return builders.customer(environment, name="Foo Ltd", email="billing@foo.example")

    @pytest.fixture
    def made(self, connection, environment, foo):
        """A subscription and an invoice of a customer, and a price of a plan: nothing was sent yet."""
        price = builders.price(environment)
        facts = SubscriptionFacts(
            customer_id=foo.pk, currency="USD", items=(Item(price.pk, Decimal(1)),), status="active"
        )
        subscription = subscriptions.create(environment_id=environment.id, facts=facts)
        invoice = builders.invoice(foo)
        OutboundSync.objects.all().delete()
        return {"subscription": subscription, "invoice": invoice, "price": price}

    def test_is_told_whole(self, made, connection):
        """By a dry run of each push."""
        for kind, row in made.items():
            context = DryRunContext(connection, kind, row.pk)
            registry.push("stripe", kind).push(context)
            makes = {f"{of}:{id}" for of, id in context._linked} - {f"{kind}:{row.pk}"}
            assert makes == set(belongings.of_rows(connection.pk, kind, [row.pk])[row.pk]), kind

    def test_waits_for_what_it_belongs_to(self, made, foo, account, stripe_api, findings):
        there = account.customer(2, name="Bar GmbH", email="Billing@Foo.example")
        stripe_api.v1.products.create({"name": "GROWTH"})
        findings()
        assert set(suggested().values()) == {"link"}
        found = {one.entity_type: one for one in Finding.objects.filter(kind="only_here")}
        for kind, name in (("invoice", foo.pk), ("subscription", foo.pk), ("price", "Its plan Growth")):
            assert name in refuses(found[kind], "push") and name in found[kind].why
        assert there.id in found["invoice"].why
        summary = bulk.ask(Finding.objects.all(), bulk.SUGGESTED, by="ada")
        assert not summary.asked and summary.refused.total() == 7

        accept(found["customer"])
        after = {one.entity_type: one for one in Finding.objects.filter(kind="only_here", state="open")}
        assert {kind: one.suggested for kind, one in after.items()} == {
            "invoice": "push", "plan": "link", "price": "link", "subscription": "link",
        }  # fmt: skip
        accepting.reopen(found["customer"].pk)
        assert Finding.objects.get(pk=found["invoice"].pk).suggested == "link"

    def test_goes_on_once_that_is_linked(self, made, foo, account, findings, connection, stripe_api):
        there = account.customer(2, name="Bar GmbH", email="Billing@Foo.example")
        findings()
        EntityMapping.objects.create(
            connection=connection, entity_type="customer", entity_id=foo.pk, provider_entity_id=there.id
        )
        bulk.ask(Finding.objects.filter(entity_type__in=("invoice", "customer")), bulk.SUGGESTED, by="ada")
        carry_out_all()
        assert {one.state for one in FindingRepair.objects.all()} == {"done"}
        assert [one.customer for one in stripe_api.v1.invoices.list().data] == [there.id]
        assert len(stripe_api.v1.customers.list().data) == 1

    def test_waits_also_for_a_twin_that_comes_later(self, made, foo, account, findings, imported, stripe_api):
        findings()
        requests.ask(by_kind()["invoice"].pk, "push", by="ada")
        account.customer(2, name="Bar GmbH", email="Billing@Foo.example")
        imported()
        carry_out_all()
        failed = FindingRepair.objects.get()
        assert failed.state == "failed" and foo.pk in failed.reason
        assert by_kind()["invoice"].suggested == "link"
        assert not stripe_api.v1.invoices.list().data


class TestWhatIsOnlyThere:
    @pytest.fixture
    def there(self, account, connection):
        bar = account.customer(2, name="Bar GmbH", email="Billing@Foo.example")
        price = account.price("Chair")
        account.invoice(bar, 5000, paid=False)
        account.subscription(bar, price)
        return bar

    def test_waits_for_what_it_belongs_to(self, there, environment, findings, repaired):
        builders.customer(environment, name="Foo Ltd", email="billing@foo.example")
        Plan.objects.create(environment=environment, name="CHAIR")
        OutboundSync.objects.all().delete()
        findings()
        found = {one.entity_type: one for one in Finding.objects.filter(kind="only_there")}
        assert {one.suggested for one in found.values()} == {"link"}
        assert all(there.id in refuses(found[kind], "take") for kind in ("invoice", "subscription"))
        assert "Its plan Chair" in refuses(found["price"], "take")
        # Who was not asked: a worker that was told before.
        FindingRepair.objects.create(finding=found["invoice"], repair="take", asked_by="ada", priority=1)
        carry_out_all()
        assert FindingRepair.objects.get().state == "failed" and Customer.objects.count() == 1

        accept(found["customer"])
        assert repaired(by_kind()["invoice"], "take").state == "done" and Customer.objects.count() == 2

    def test_waits_also_for_a_twin_that_comes_later(self, there, environment, findings):
        findings()
        requests.ask(by_kind()["invoice"].pk, "take", by="ada")
        Customer.objects.create(environment=environment, name="Foo Ltd", email="billing@foo.example")
        carry_out_all()
        assert FindingRepair.objects.get().state == "failed" and Customer.objects.count() == 1


class TestWhatGotItsCounterpartMeanwhile:
    def test_is_no_twin_of_itself(self, environment, connection, account, findings, imported):
        made = account.customer(1, name="Late", email="late@x.example")
        row = builders.customer(environment, name="Other", email="other@x.example")
        OutboundSync.objects.all().delete()
        findings()
        by_side = {one.kind: one for one in Finding.objects.all()}
        requests.ask(by_side["only_there"].pk, "take", by="ada")
        requests.ask(by_side["only_here"].pk, "push", by="ada")
        imported()
        EntityMapping.objects.create(
            connection=connection, entity_type="customer", entity_id=row.pk, provider_entity_id="cus_1"
        )
        assert EntityMapping.objects.filter(provider_entity_id=made.id).exists()
        carry_out_all()
        assert {one.state for one in FindingRepair.objects.all()} == {"done"}
        assert {one.state for one in Finding.objects.all()} == {"healed"}
        assert Price.objects.count() == 0
