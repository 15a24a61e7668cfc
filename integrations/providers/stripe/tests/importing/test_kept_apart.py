"""What a person kept apart stays apart after the import: for events, other imports and comparisons."""

import pytest
from django.utils import timezone

from billing.events import Kind
from billing.models import Customer
from integrations.models import EntityMapping, ImportRun
from integrations.models.findings import FindingKind
from integrations.models.link_candidates import LinkChoice
from integrations.providers.stripe.testing import receive_signed
from integrations.providers.stripe.tests.importing.counting import counts
from integrations.reconcile.comparing import twins
from integrations.reconcile.comparing.differences import Difference
from integrations.reconcile.importing import runs, work
from integrations.reconcile.linking import decisions

pytestmark = pytest.mark.django_db(transaction=True)


def settled(run):
    runs.settle_links(run, timezone.now(), rest_apart=True, by="ada")
    while work.work(run.pk, seconds=600):
        pass
    return ImportRun.objects.get(pk=run.pk)


def changed(stripe_api, connection, customer):
    """The event of a change at Stripe."""
    stripe_api.v1.customers.update(customer.id, {"phone": "1"})
    return receive_signed(connection, stripe_api.v1.events.list({"limit": 1}).data[0].to_dict())


def test_no_event_or_import_links_it(connection, here, there, stripe_api, imported):
    ada = here(name="Ada", external_id="a1")
    first, second = (there(name=name, metadata={"external_id": "a1"}) for name in ("Ada", "Eve"))
    assert counts(settled(imported()), "refused")["customers"] == (2,)
    event = changed(stripe_api, connection, second)
    assert event.state != "applied" and "external_id" in event.reason
    again = imported()
    assert (again.state, again.candidates.count()) == ("done", 0)
    assert not EntityMapping.objects.exists() and Customer.objects.count() == 1
    there(email="x@example.com")
    here(email="x@example.com")
    asked = imported()
    decisions.add_pairs(asked, [(ada.pk, first.id)], by="ada", now=timezone.now())
    settled(asked)
    assert EntityMapping.objects.get(entity_id=ada.pk).provider_entity_id == first.id


def test_another_row_that_it_names_later_is_its_own(connection, here, there, stripe_api, imported):
    here(name="Ada", external_id="a1")
    theirs = there(name="Eve", metadata={"external_id": "a1"})
    settled(imported())
    eve = here(name="Eve", external_id="e1")
    stripe_api.v1.customers.update(theirs.id, {"metadata": {"external_id": "e1"}})
    assert changed(stripe_api, connection, theirs).state == "applied"
    assert EntityMapping.objects.get().entity_id == eve.pk


def test_a_comparison_does_not_take_the_two_for_one(connection, here, there, imported):
    ada, _ = here(name="Ada", email="ada@example.com"), there(name="Eve", email="ada@example.com")
    run = imported()
    decisions.decide(run.candidates.all(), LinkChoice.APART, by="ada", now=timezone.now())
    settled(run)
    [found] = twins.of_here(connection, Kind.CUSTOMER, [Difference(FindingKind.ONLY_HERE, ada.pk, "")])
    assert (found.suggested, list(found.twins)) == ("", [])
