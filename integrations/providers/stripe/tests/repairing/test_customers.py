"""Each kind of finding of customers, with each repair: done by the usual ways, or refused with why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.errors import Conflict, Invalid
from billing.models import Customer
from integrations.models import Conflict as FieldConflict
from integrations.models import EntityMapping, Finding, FindingRepair, MappingChange, OutboundSync
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.repairing import accepting, options, requests
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(account, imported):
    """A customer on both sides."""
    made = account.customer(1, phone="555", metadata={"tier": "gold"})
    imported()
    return made


def here():
    return Customer.objects.get()


def state_of(finding):
    return Finding.objects.get(pk=finding.pk).state


class TestAFieldChangedThere:
    @pytest.fixture
    def finding(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        return found

    def test_is_taken(self, finding, repaired, findings):
        assert repaired(finding).state == "done"
        assert (here().name, state_of(finding), findings()) == ("Eve", "healed", [])
        assert not OutboundSync.objects.exists() and not FieldConflict.objects.exists()

    def test_counts_as_healed_in_the_trend(self, finding, repaired, compared):
        repaired(finding)
        assert (compared().healed, compared().healed) == (1, 0)

    def test_is_overwritten_by_a_push(self, finding, repaired, findings, stripe_api, ada):
        assert repaired(finding, "push").state == "done"
        assert (here().name, state_of(finding), findings()) == ("Customer 1", "healed", [])
        assert stripe_api.v1.customers.retrieve(ada.id).name == "Customer 1"
        conflict = FieldConflict.objects.get()
        assert (conflict.ours, conflict.theirs, conflict.winner, conflict.decided_by) == (
            "Customer 1", "Eve", "flexsync", "ada",
        )  # fmt: skip

    def test_is_left_where_it_has_changed_since_it_was_shown(self, finding, repaired, stripe_api, ada):
        stripe_api.v1.customers.update(ada.id, {"name": "Eva"})
        made = repaired(finding, "push")
        assert (made.state, made.reason[:20]) == ("failed", "Its values have chan")
        assert stripe_api.v1.customers.retrieve(ada.id).name == "Eva"
        assert Finding.objects.get().theirs == "Eva" and state_of(finding) == "open"

    def test_heals_where_it_is_equal_by_now(self, finding, repaired, stripe_api, ada):
        stripe_api.v1.customers.update(ada.id, {"name": "Customer 1"})
        assert repaired(finding).state == "done"
        assert state_of(finding) == "healed"


class TestWhatIsNeverEmptiedThere:
    @pytest.fixture
    def found(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"preferred_locales": ["de"]})
        mapping = EntityMapping.objects.get(entity_type="customer")
        mapping.metadata["held"] |= {"preferred_locales": ["de"]}
        mapping.save()
        Customer.objects.update(default_payment_methods={})
        return {one.field: one for one in findings()}

    def test_is_not_pushed(self, found):
        assert set(found) == {"preferred_locales", "default_payment_method"}
        for one in found.values():
            assert (options.offered(Subject(one)), one.suggested) == (["take", "accept"], "")
            assert options.refusal(Subject(one), "push") == one.why != ""


class TestAFieldChangedHere:
    @pytest.fixture
    def finding(self, ada, findings):
        Customer.objects.update(phone="777")
        [found] = findings()
        return found

    def test_is_pushed(self, finding, repaired, findings, stripe_api, ada):
        assert repaired(finding).state == "done"
        assert stripe_api.v1.customers.retrieve(ada.id).phone == "777"
        assert (here().phone, state_of(finding), findings()) == ("777", "healed", [])
        assert OutboundSync.objects.count() == 1 and not FieldConflict.objects.exists()

    def test_is_given_up_for_what_is_there(self, finding, repaired, findings, stripe_api, ada):
        assert repaired(finding, "take").state == "done"
        assert (here().phone, state_of(finding), findings()) == ("555", "healed", [])
        assert stripe_api.v1.customers.retrieve(ada.id).phone == "555"
        assert FieldConflict.objects.get().winner == "provider"

    def test_says_why_the_push_failed(self, finding, repaired, simulator):
        simulator.faults.add("customers.update", "500_before", times=-1)
        OutboundSync.objects.all().delete()
        made = requests.ask(finding.pk, "push", by="ada")
        from integrations.reconcile.repairing import work

        work.work(seconds=5)
        OutboundSync.objects.update(state="dead", settled_at=timezone.now(), last_error="It is down.")
        FindingRepair.objects.update(next_attempt_at=timezone.now())
        work.work(seconds=5)
        made.refresh_from_db()
        assert made.state == "failed" and "It is down." in made.reason
        assert state_of(finding) == "open"


class TestAFieldChangedOnBothSides:
    @pytest.fixture(params=["provider", "flexsync", "newest"])
    def finding(self, request, ada, findings, stripe_api, connection):
        connection.customer_owner = request.param
        connection.save()
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        Customer.objects.update(name="Ada")
        [found] = findings()
        return found

    @pytest.mark.parametrize(("repair", "name"), [("push", "Ada"), ("take", "Eve")])
    def test_gets_the_chosen_value(self, finding, repaired, findings, stripe_api, ada, repair, name):
        assert repaired(finding, repair).state == "done"
        assert (here().name, stripe_api.v1.customers.retrieve(ada.id).name) == (name, name)
        assert state_of(finding) == "healed" and findings() == []


class TestABalance:
    @pytest.fixture
    def finding(self, ada, findings, stripe_api):
        stripe_api.v1.customers.balance_transactions.create(ada.id, {"amount": -1250, "currency": "usd"})
        [found] = findings()
        return found

    def test_is_taken(self, finding, repaired, findings):
        assert repaired(finding).state == "done"
        assert state_of(finding) == "healed" and findings() == []

    def test_is_never_pushed(self, finding):
        assert options.offered(Subject(finding)) == ["take", "accept"]
        with pytest.raises(Conflict, match="follows from what happens at Stripe"):
            requests.ask(finding.pk, "push", by="ada")


class TestWhatIsOnlyThere:
    @pytest.fixture
    def finding(self, ada, findings, account):
        account.customer(2)
        [found] = findings()
        return found

    def test_is_brought_here(self, finding, repaired, findings):
        assert repaired(finding).state == "done"
        assert Customer.objects.filter(name="Customer 2").count() == 1
        assert state_of(finding) == "healed" and findings() == []

    def test_heals_where_it_was_deleted_meanwhile(self, finding, repaired, stripe_api):
        stripe_api.v1.customers.delete(finding.provider_entity_id)
        assert repaired(finding).state == "done"
        assert (Customer.objects.count(), state_of(finding)) == (1, "healed")

    def test_cannot_be_pushed(self, finding):
        with pytest.raises(Conflict, match="nothing of it to push"):
            requests.ask(finding.pk, "push", by="ada")


class TestWhatIsOnlyHere:
    @pytest.fixture
    def finding(self, ada, findings, environment):
        Customer.objects.create(environment=environment, name="Bob")
        [found] = findings()
        return found

    def test_is_pushed(self, finding, repaired, findings, stripe_api):
        assert repaired(finding).state == "done"
        assert stripe_api.v1.customers.list().data[0].name == "Bob"
        assert state_of(finding) == "healed" and findings() == []

    def test_cannot_be_taken(self, finding):
        with pytest.raises(Conflict, match="nothing of it to take"):
            requests.ask(finding.pk, "take", by="ada")


class TestWhatIsGone:
    @pytest.fixture
    def finding(self, ada, findings, stripe_api):
        stripe_api.v1.customers.delete(ada.id)
        [found] = findings()
        return found

    def test_ends_here_as_well(self, finding, repaired, findings):
        assert repaired(finding, "take").state == "done"
        assert (here().status, state_of(finding), findings()) == ("archived", "healed", [])
        assert MappingChange.objects.get().done_by == "ada"

    def test_is_made_anew(self, finding, repaired, findings, stripe_api):
        assert repaired(finding, "push").state == "done"
        [anew] = stripe_api.v1.customers.list().data
        assert EntityMapping.objects.get(entity_id=here().pk).provider_entity_id == anew.id
        assert state_of(finding) == "healed" and findings() == []

    def test_is_not_made_anew_for_what_has_ended_here(self, finding):
        Customer.objects.update(status="archived")
        with pytest.raises(Conflict, match="has ended here"):
            requests.ask(finding.pk, "push", by="ada")

    def test_is_left_where_it_is_accepted_for_ever(self, finding, findings):
        accepting.accept([finding.pk], Acceptance("ada", "Known.", None, timezone.now()))
        carry_out_all()
        mapping = EntityMapping.objects.get()
        assert (mapping.gone_choice, mapping.decided_by) == ("leave", "ada")
        assert MappingChange.objects.get().reason == "Known."
        assert findings() == []

    def test_is_undecided_where_it_is_accepted_for_a_time(self, finding, findings):
        until = timezone.now() + timedelta(days=1)
        accepting.accept([finding.pk], Acceptance("ada", "Known.", until, timezone.now()))
        assert not FindingRepair.objects.exists() and findings() == []
        assert state_of(finding) == "accepted"


class TestAnAcceptedFinding:
    @pytest.fixture
    def finding(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        accepting.accept([found.pk], Acceptance("ada", "As agreed.", None, timezone.now()))
        return Finding.objects.get()

    def test_says_who_and_why(self, finding):
        assert (finding.state, finding.accepted_by, finding.accepted_reason) == (
            "accepted", "ada", "As agreed.",
        )  # fmt: skip

    def test_can_be_opened_again(self, finding):
        accepting.reopen(finding.pk)
        assert Finding.objects.get().state == "open"
        with pytest.raises(Conflict):
            accepting.reopen(finding.pk)

    def test_can_be_repaired_all_the_same(self, finding, repaired):
        assert repaired(finding).state == "done"
        assert state_of(finding) == "healed"

    def test_needs_a_reason_and_a_time_to_come(self):
        now = timezone.now()
        with pytest.raises(Invalid):
            Acceptance("ada", " ", None, now)
        with pytest.raises(Invalid):
            Acceptance("ada", "Known.", now, now)


class TestARequest:
    def test_is_refused_while_another_is_under_way(self, ada, findings, stripe_api):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        requests.ask(found.pk, "take", by="ada")
        with pytest.raises(Conflict, match="under way"):
            requests.ask(found.pk, "push", by="ada")

    def test_is_refused_of_what_has_healed(self, ada, findings, stripe_api, repaired):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        repaired(found)
        with pytest.raises(Conflict, match="has healed"):
            requests.ask(found.pk, "take", by="ada")

    def test_is_refused_while_the_connection_is_paused(self, ada, findings, stripe_api, connection):
        stripe_api.v1.customers.update(ada.id, {"name": "Eve"})
        [found] = findings()
        connection.status = "paused"
        connection.save()
        with pytest.raises(Conflict, match="is paused"):
            requests.ask(found.pk, "take", by="ada")
