"""Differences of every kind: repaired as suggested, and never doubled where both may be one."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Subscription
from integrations.linking import changes
from integrations.linking.pairs import Deed, Pair
from integrations.models import Finding, FindingRepair
from integrations.providers.stripe.tests.comparing import planting
from integrations.providers.stripe.tests.comparing.planting import Garden
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.repairing import accepting, bulk, options
from integrations.reconcile.repairing.accepting import Acceptance
from integrations.reconcile.repairing.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)

# No edit leads to these: an amount that its lines do not add up to, and a price of another amount.
IMPOSSIBLE = (planting._dearer_here, planting._price_raised_here)
# Both sides lose each other: a person says whether the two are one.
LOST = (planting._product_unlinked, planting._price_unlinked, planting._subscription_unlinked)


@pytest.fixture
def garden(account, connection, imported):
    made = Garden(account, connection)
    made.prepare(1)
    imported()
    return made


def plant(garden, wanted):
    garden.beds = [one for one in garden.beds if wanted(one[0])]
    return garden.plant()


def test_all_is_equal_after_one_pass(garden, findings):
    plant(garden, lambda one: one not in (*IMPOSSIBLE, *LOST))
    assert findings()
    summary = bulk.ask(Finding.objects.filter(state="open"), bulk.SUGGESTED, by="ada")
    assert not summary.refused
    carry_out_all()
    assert not FindingRepair.objects.exclude(state="done").exists()
    assert not Finding.objects.filter(state="open").exists()
    assert findings() == []


def test_what_may_be_one_on_both_sides_is_linked_not_doubled(garden, findings, stripe_api, connection):
    plant(garden, lambda one: one is planting._subscription_unlinked)
    found = findings()
    assert {one.kind for one in found} == {"only_here", "only_there"}
    assert [options.offered(Subject(one)) for one in found] == [["accept"], ["accept"]]
    summary = bulk.ask(Finding.objects.filter(state="open"), bulk.SUGGESTED, by="ada")
    [why] = summary.refused
    assert "link the two by hand" in why
    here, there = sorted(found, key=lambda one: one.kind)
    pair = Pair(connection, Kind.SUBSCRIPTION, here.entity_id, there.provider_entity_id)
    changes.make(changes.plan(pair), Deed("ada", "The same."), timezone.now())
    assert findings() == []


def test_what_is_another_after_all_is_repaired(garden, findings, stripe_api):
    plant(garden, lambda one: one is planting._subscription_unlinked)
    here, there = sorted(findings(), key=lambda one: one.kind)
    accepting.accept([here.pk], Acceptance("ada", "They are two.", None, timezone.now()))
    there.refresh_from_db()
    assert options.offered(Subject(there)) == ["take", "accept"]
    before = Subscription.objects.count()
    bulk.ask(Finding.objects.filter(pk=there.pk), bulk.SUGGESTED, by="ada")
    carry_out_all()
    assert Subscription.objects.count() == before + 1


def test_what_cannot_be_taken_stays_with_the_reason(garden, findings):
    plant(garden, lambda one: one is planting._dearer_here)
    findings()
    bulk.ask(Finding.objects.filter(field="total"), bulk.SUGGESTED, by="ada")
    carry_out_all()
    repair = FindingRepair.objects.get()
    assert repair.state == "failed" and "add up to 53.00 USD" in repair.reason
    assert Finding.objects.get(field="total").state == "open"


def test_what_neither_side_can_follow_is_never_repaired(garden, findings):
    plant(garden, lambda one: one is planting._price_raised_here)
    [found] = findings()
    assert options.offered(Subject(found)) == ["accept"]
    assert "look at both" in options.refusal(Subject(found), "push")


def test_the_other_side_can_be_chosen_of_every_field(garden, findings):
    plant(garden, lambda one: one not in (*IMPOSSIBLE, *LOST))
    edited = [one for one in findings() if one.kind == "differs" and not Subject(one).is_fact]
    opposite = {"push": "take", "take": "push"}
    assert len(edited) >= 10
    for one in edited:
        summary = bulk.ask(Finding.objects.filter(pk=one.pk), opposite[one.suggested], by="ada")
        assert not summary.refused
    carry_out_all()
    assert [(one.finding, one.reason) for one in FindingRepair.objects.exclude(state="done")] == []
    left = {one.pk for one in findings()}
    assert left.isdisjoint(one.pk for one in edited)
