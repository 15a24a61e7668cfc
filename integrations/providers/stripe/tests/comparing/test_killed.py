"""A real worker compares; it is killed on the way, and another one ends it: each difference is found once."""

import pytest
from django.db.models import Sum
from django.utils import timezone

from billing.models import Customer
from integrations.models import ComparisonPart, ComparisonRun, EntityMapping, Finding
from integrations.reconcile.comparing import runs
from integrations.tests.workers import until

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 2000


@pytest.fixture
def many(simulator, stripe_api, connection):
    """Two thousand customers on both sides, of which each tenth has another name here."""
    first = stripe_api.v1.customers.create({"name": "C"})
    account = simulator.simulator.account_with_label("shop")
    ids = [f"cus_{number:06d}" for number in range(MANY)]
    for stripe_id in ids:
        account.add({**account.objects[first.id], "id": stripe_id})
    stripe_api.v1.customers.delete(first.id)
    rows = [
        Customer(environment_id=connection.environment_id, name="Other" if number % 10 == 0 else "C")
        for number in range(MANY)
    ]
    Customer.objects.bulk_create(rows)
    EntityMapping.objects.bulk_create(
        EntityMapping(
            connection=connection, entity_type="customer", entity_id=row.pk, provider_entity_id=stripe_id
        )
        for row, stripe_id in zip(rows, ids, strict=True)
    )


def read():
    return ComparisonPart.objects.aggregate(n=Sum("objects_seen"))["n"] or 0


def test_two_thousand_objects_are_compared_however_often_the_worker_is_killed(
    many, connection, start, simulator
):
    run = runs.start(connection, started_by="test", names=["customers"])
    for share in (1, 2, 3):
        with start(COMPARISON_SETTLE_SECONDS="0") as running:
            until(lambda share=share: read() >= share * MANY // 4, "some of it is read", running.log)
            running.kill()
        ComparisonRun.objects.filter(settled_at=None).update(leased_until=timezone.now())
        runs.notify(run.pk)
    with start(COMPARISON_SETTLE_SECONDS="0") as running:
        until(lambda: ComparisonRun.objects.get().settled_at is not None, "it ends", running.log)
    run.refresh_from_db()
    assert (run.state, run.objects_seen, run.calls) == ("done", MANY, MANY // 100)
    found = Finding.objects.order_by().values_list("field", "ours", "theirs", "state").distinct()
    assert list(found) == [("name", "Other", "C", "open")]
    assert run.found == Finding.objects.count() == MANY // 10
