"""What both sides had before they were connected is linked, after a person has looked: nothing is doubled."""

import pytest
from django.utils import timezone

from billing.errors import Conflict as Refused
from billing.errors import Invalid
from billing.events import Kind
from billing.facts import PlanFacts
from billing.models import Customer, Plan
from billing.services.catalog import plans
from billing.services.customers import customers
from integrations.mappings import entity_mappings
from integrations.models import Conflict, EntityMapping, ImportRun, InboundEvent, LinkCandidate, OutboundSync
from integrations.models.link_candidates import LinkChoice
from integrations.outbox import worker
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.tests.importing.counting import counts
from integrations.reconcile.importing import runs, work
from integrations.reconcile.linking import decisions
from integrations.testing import push

pytestmark = pytest.mark.django_db(transaction=True)


def begun(connection):
    run = runs.start(connection, started_by="test", here=True)
    return go_on(run)


def go_on(run):
    while work.work(run.pk, seconds=600):
        pass
    return ImportRun.objects.get(pk=run.pk)


def settled(run, **options):
    runs.settle_links(run, timezone.now(), rest_apart=options.get("rest_apart", False), by="ada")
    return go_on(run)


def grades():
    return dict(LinkCandidate.objects.values_list("provider_entity_id", "grade"))


def linked_to(customer):
    mapping = EntityMapping.objects.filter(entity_id=customer.pk).first()
    return mapping.provider_entity_id if mapping else None


class TestCandidates:
    def test_are_certain_by_an_id_and_probable_by_an_address(self, connection, here, there):
        by_row, by_integrator, by_given, by_mail = (here(name=f"C{number}") for number in range(4))
        customers.update(
            environment_id=connection.environment_id,
            customer_id=by_integrator.pk,
            changes={"external_id": "crm-2"},
        )
        theirs = [
            there(metadata={"flexprice_customer_id": by_row.pk}),
            there(metadata={"external_id": "crm-2"}),
            there(name="given"),
            there(email="Ada@Example.com"),
            there(email="nobody@example.com"),
        ]
        Customer.objects.filter(pk=by_given.pk).update(metadata={"stripe_customer_id": theirs[2].id})
        Customer.objects.filter(pk=by_mail.pk).update(email="ADA@example.com")
        run = begun(connection)
        assert (run.state, run.linking) == ("linking", "open")
        assert grades() == {
            theirs[0].id: "certain",
            theirs[1].id: "certain",
            theirs[2].id: "certain",
            theirs[3].id: "probable",
        }

    def test_are_several_where_a_name_is_not_unique_on_either_side(self, connection, here, there):
        for number in range(2):
            here(name=f"C{number}", email="two@example.com")
        here(name="D", email="one@example.com")
        first, *others = (
            there(email="two@example.com"),
            there(email="one@example.com"),
            there(email="one@example.com"),
        )
        begun(connection)
        assert grades() == dict.fromkeys([first.id, *(one.id for one in others)], "several")

    def test_are_plans_of_the_same_name(self, connection, stripe_api, environment):
        plan = plans.create(environment_id=environment.pk, facts=PlanFacts(name="Growth"))
        product = stripe_api.v1.products.create({"name": "growth"})
        run = begun(connection)
        assert grades() == {product.id: "probable"}
        decisions.decide(run.candidates.all(), LinkChoice.LINK, by="ada", now=timezone.now())
        settled(run)
        assert (Plan.objects.get().pk, EntityMapping.objects.get(entity_type="plan").provider_entity_id) == (
            plan.pk,
            product.id,
        )

    def test_are_not_looked_for_where_nothing_here_is_without_a_counterpart(self, connection, there):
        there(email="ada@example.com")
        run = begun(connection)
        assert (run.state, run.linking) == ("done", "")

    def test_are_read_once_and_stored_once_after_a_crash(self, connection, here, there):
        here(email="ada@example.com")
        there(email="ada@example.com")
        run = runs.start(connection, started_by="test", here=True)
        work.work(run.pk, seconds=0)
        run = go_on(run)
        assert (run.state, LinkCandidate.objects.count()) == ("linking", 1)


class TestADecision:
    def test_links_and_doubles_nothing(self, connection, here, there, stripe_api):
        ada, theirs = here(name="Ada", email="ada@example.com"), there(name="Ada L.", email="ada@example.com")
        run = begun(connection)
        decisions.decide(run.candidates.all(), LinkChoice.LINK, by="ada", now=timezone.now())
        run = settled(run)
        assert (run.state, counts(run, "made")["customers"]) == ("done", (0,))
        assert (linked_to(ada), Customer.objects.count()) == (theirs.id, 1)
        assert len(stripe_api.v1.customers.list().data) == 1

    def test_by_an_address_in_another_case_leaves_no_conflict(self, connection, here, there, stripe_api):
        ada, theirs = here(name="Ada", email="ADA@example.com"), there(name="Ada", email="ada@example.com")
        run = begun(connection)
        decisions.decide(run.candidates.all(), LinkChoice.LINK, by="ada", now=timezone.now())
        run = settled(run)
        assert counts(run, "conflicting")["customers"] == (0,) and not Conflict.objects.exists()
        ada.refresh_from_db()
        assert (linked_to(ada), ada.email) == (theirs.id, "ADA@example.com")
        Customer.objects.update(phone="555")
        push(connection, Kind.CUSTOMER, ada.pk)
        found = stripe_api.v1.customers.retrieve(theirs.id)
        assert (found.email, found.phone) == ("ada@example.com", "555")

    def test_keeps_apart_what_is_not_the_same(self, connection, here, there):
        ada, theirs = here(name="Ada", email="ada@example.com"), there(name="Eve", email="ada@example.com")
        run = begun(connection)
        decisions.decide(run.candidates.all(), LinkChoice.APART, by="ada", now=timezone.now())
        settled(run)
        assert linked_to(ada) is None
        made = entity_mappings.entity_id_of(connection.pk, Kind.CUSTOMER, theirs.id)
        assert Customer.objects.get(pk=made).name == "Eve"

    def test_of_one_among_several_names_the_row(self, connection, here, there):
        _, right = here(name="A", email="two@example.com"), here(name="B", email="two@example.com")
        theirs = there(email="two@example.com")
        run = begun(connection)
        decisions.decide(
            run.candidates.all(), LinkChoice.LINK, by="ada", now=timezone.now(), entity_id=right.pk
        )
        settled(run)
        assert linked_to(right) == theirs.id

    def test_of_a_row_that_is_taken_is_refused(self, connection, here, there):
        ada = here(email="ada@example.com")
        first, second = there(email="ada@example.com"), there(email="ada@example.com")
        run, now = begun(connection), timezone.now()
        by_id = {
            one.provider_entity_id: LinkCandidate.objects.filter(pk=one.pk) for one in run.candidates.all()
        }
        decisions.decide(by_id[first.id], LinkChoice.LINK, by="ada", now=now, entity_id=ada.pk)
        with pytest.raises(Refused) as refused:
            decisions.decide(by_id[second.id], LinkChoice.LINK, by="ada", now=now, entity_id=ada.pk)
        assert f"may be {ada.pk}, which {first.id} was said to be" in refused.value.message

    def test_of_a_row_that_is_not_here_is_refused(self, connection, here, there):
        here(email="ada@example.com")
        there(email="ada@example.com")
        run = begun(connection)
        with pytest.raises(Invalid, match="There is no customer plan_1"):
            decisions.decide(
                run.candidates.all(), LinkChoice.LINK, by="ada", now=timezone.now(), entity_id="plan_1"
            )
        assert [one.choice for one in run.candidates.all()] == [""]

    def test_comes_from_a_list_of_pairs_too(self, connection, here, there):
        ada, theirs = here(name="Ada"), there(name="Unlike")
        here(email="x@example.com")
        there(email="x@example.com")
        run = begun(connection)
        decisions.add_pairs(run, [(ada.pk, theirs.id)], by="ada", now=timezone.now())
        settled(run, rest_apart=True)
        assert linked_to(ada) == theirs.id

    def test_of_a_pair_needs_an_object_of_that_kind(self, connection, here, there, stripe_api):
        ada, product = here(email="x@example.com"), stripe_api.v1.products.create({"name": "Team"}).id
        there(email="x@example.com")
        run, now = begun(connection), timezone.now()
        for provider_id in (product, "cus_nope"):
            pairs = [(ada.pk, run.candidates.get().provider_entity_id), (ada.pk, provider_id)]
            with pytest.raises(
                Invalid, match=rf"pairs\[1\].*{ada.pk} = {provider_id}: Stripe has no customer"
            ):
                decisions.add_pairs(run, pairs, by="ada", now=now)
        assert [one.choice for one in run.candidates.all()] == [""]

    def test_of_a_pair_is_refused_where_either_has_another_counterpart(self, connection, here, there):
        ada, eve, theirs, other = here(name="Ada"), here(name="Eve"), there(name="A"), there(name="B")
        here(email="x@example.com")
        there(email="x@example.com")
        run, now = begun(connection), timezone.now()
        EntityMapping.objects.create(
            connection=connection, entity_type="customer", entity_id=eve.pk, provider_entity_id=theirs.id
        )
        for pair in ((ada.pk, theirs.id), (eve.pk, other.id)):
            with pytest.raises(Invalid, match=f"pairs.0.*{eve.pk} is linked to {theirs.id}.*relink"):
                decisions.add_pairs(run, [pair], by="ada", now=now)
        assert decisions.add_pairs(run, [(eve.pk, theirs.id)], by="ada", now=now) == 1

    def test_is_asked_for_before_the_import_goes_on(self, connection, here, there):
        here(email="ada@example.com")
        there(email="ada@example.com")
        run = begun(connection)
        with pytest.raises(Refused):
            settled(run)
        assert Customer.objects.count() == 1


class TestMeanwhile:
    def test_nothing_is_pushed_that_may_be_there(self, connection, here, there, stripe_api):
        ada = here(name="Ada", email="ada@example.com")
        there(email="ada@example.com")
        run = begun(connection)
        sync = push(connection, Kind.CUSTOMER, ada.pk)
        assert (sync.state, sync.waits_for) == ("sending", f"import:{run.pk}")
        assert len(stripe_api.v1.customers.list().data) == 1
        decisions.decide(run.candidates.all(), LinkChoice.LINK, by="ada", now=timezone.now())
        settled(run)
        worker.deliver(sync.pk, now=timezone.now())
        sync.refresh_from_db()
        assert (sync.state, sync.waits_for) == ("done", "")
        assert len(stripe_api.v1.customers.list().data) == 1

    def test_nothing_is_pushed_that_is_still_to_be_linked(self, connection, here, there, stripe_api):
        ada, theirs = here(name="Ada", email="ada@example.com"), there(email="ada@example.com")
        run, now = begun(connection), timezone.now()
        decisions.decide(run.candidates.all(), LinkChoice.LINK, by="ada", now=now)
        runs.settle_links(run, now, rest_apart=False, by="ada")
        sync = push(connection, Kind.CUSTOMER, ada.pk)
        assert (sync.state, run.pk in sync.last_error) == ("sending", True)
        go_on(run)
        worker.deliver(sync.pk, now=timezone.now())
        assert OutboundSync.objects.get(pk=sync.pk).state == "done"
        assert [one.id for one in stripe_api.v1.customers.list().data] == [theirs.id]

    def test_a_refused_key_forgets_no_decision(self, connection, here, there, simulator):
        here(name="Ada", email="ada@example.com")
        there(email="ada@example.com")
        run, now = begun(connection), timezone.now()
        decisions.decide(run.candidates.all(), LinkChoice.LINK, by="ada", now=now)
        simulator.revoke_key(connection.credentials()["secret_key"])
        run = settled(run)
        assert (run.state, run.settled_at, run.candidates.filter(choice="link").count()) == (
            "paused",
            None,
            1,
        )
        assert "key" in run.reason.lower()

    def test_no_event_doubles_what_may_be_here(self, connection, here, there, stripe_api):
        ada, theirs = here(name="Ada", email="ada@example.com"), there(email="ada@example.com")
        run = begun(connection)
        stripe_api.v1.customers.update(theirs.id, {"phone": "1"})
        event = stripe_api.v1.events.list({"limit": 1}).data[0].to_dict()
        waiting = receive_signed(connection, event)
        assert (waiting.state, waiting.waits_for) == ("pending", f"import:{run.pk}")
        assert Customer.objects.count() == 1
        runs.waive_links(run, timezone.now())
        go_on(run)
        assert InboundEvent.objects.get().next_attempt_at <= timezone.now()
        assert (linked_to(ada), Customer.objects.count()) == (None, 2)
