"""A real worker imports; it is killed on the way, and another one ends it: each object is here once."""

import pytest
from django.utils import timezone

from billing.models import Customer
from integrations.models import EntityMapping, ImportPart, ImportRun
from integrations.reconcile.importing import runs
from integrations.tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 2000


@pytest.fixture
def many(simulator, stripe_api):
    """Two thousand customers: copies of one, put into the account at once."""
    first = stripe_api.v1.customers.create({"name": "C", "metadata": {"tier": "gold"}})
    account = simulator.simulator.account_with_label("shop")
    for number in range(MANY - 1):
        copy = {**account.objects[first.id], "id": f"cus_{number:06d}", "name": f"C{number}"}
        account.add({**copy, "metadata": {"tier": "gold"}})


def done():
    return sum(part.made for part in ImportPart.objects.all())


def test_an_import_of_two_thousand_objects_ends_equal_however_often_its_worker_is_killed(
    many, connection, start, simulator
):
    run = runs.start(connection, started_by="test", names=["customers"])
    for share in (1, 2, 3):
        with start() as running:
            until(lambda share=share: done() >= share * MANY // 4, "some of it is here", running.log)
            running.kill()
        ImportRun.objects.filter(settled_at=None).update(leased_until=timezone.now())
        runs.notify(run.pk)
    with start() as running:
        until(lambda: ImportRun.objects.get().settled_at is not None, "it ends", running.log)
    part = ImportPart.objects.get(name="customers")
    assert (part.made, part.equal, part.refused) == (MANY, 0, 0)
    assert Customer.objects.count() == EntityMapping.objects.count() == MANY
