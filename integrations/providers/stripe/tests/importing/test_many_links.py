"""Many customers on both sides, most of them the same: no link is wrong, and none is doubled."""

import os

import pytest
from django.utils import timezone

from billing.facts import CustomerFacts
from billing.models import Customer
from billing.services.customers import customers
from integrations.models import EntityMapping, ImportRun
from integrations.models.link_candidates import LinkChoice
from integrations.reconcile.importing import runs, work
from integrations.reconcile.linking import decisions

pytestmark = pytest.mark.django_db
# `make nightly` tries 5,000.
MANY = int(os.environ.get("LINKS", "200"))


@pytest.fixture
def pairs(environment, stripe_api, simulator):
    """Six of ten have an id in common, two an e-mail, one shares that with another, one has no counterpart.

    Returns the row that each of Stripe's customers is, None for none.
    """
    first = stripe_api.v1.customers.create({"name": "C"})
    account = simulator.simulator.account_with_label("shop")
    found = {first.id: None}
    for number in range(MANY):
        kind, mail = number % 10, f"c{number - number % 20 if number % 10 == 8 else number}@example.com"
        facts = CustomerFacts(name=f"C{number}", email=mail if kind > 5 else "", external_id=f"crm-{number}")
        row = customers.create(environment_id=environment.pk, facts=facts)
        id = f"cus_{number:06d}"
        theirs = f"other{number}@example.com" if kind == 9 else mail.upper()
        marks = {"external_id": f"crm-{number}"} if kind < 6 else {}
        copy = {
            **account.objects[first.id],
            "id": id,
            "name": f"C{number}",
            "email": theirs,
            "metadata": marks,
        }
        account.add(copy)
        found[id] = row.pk if kind < 8 else None
    return found


def test_none_is_wrong_and_none_is_doubled(connection, pairs):
    run = runs.start(connection, started_by="test", here=True, names=["customers"])
    work.work(run.pk, seconds=3600)
    grades = [run.candidates.filter(grade=grade).count() for grade in ("certain", "probable", "several")]
    assert grades == [MANY * 6 // 10, MANY * 2 // 10, MANY // 10]
    for grade in ("certain", "probable"):
        chosen = decisions.undecided(run).filter(grade=grade)
        decisions.decide(chosen, LinkChoice.LINK, by="ada", now=timezone.now())
    runs.settle_links(run, timezone.now(), rest_apart=True, by="ada")
    work.work(run.pk, seconds=3600)
    assert ImportRun.objects.get().state == "done"
    linked = dict(EntityMapping.objects.values_list("provider_entity_id", "entity_id"))
    assert {id: linked[id] for id, row in pairs.items() if row} == {
        id: row for id, row in pairs.items() if row
    }
    assert len(linked) == len(set(linked.values())) == len(pairs)
    assert Customer.objects.count() == MANY + len([row for row in pairs.values() if row is None])
