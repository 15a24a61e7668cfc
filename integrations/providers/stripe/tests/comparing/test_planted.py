"""Differences of every kind are found, and nothing else is, whatever goes on meanwhile."""

import os

import pytest

from integrations.models import ComparisonRun, Finding
from integrations.providers.stripe.listings import pages
from integrations.providers.stripe.tests.comparing.planting import Garden, told
from integrations.providers.stripe.tests.comparing.traffic import Traffic
from integrations.reconcile.comparing import runs, work

pytestmark = pytest.mark.django_db(transaction=True)

# How many differences of every kind are planted; `make nightly` plants 20.
EACH = int(os.environ.get("PLANTED", "1"))


@pytest.fixture
def garden(account, connection):
    made = Garden(account, connection)
    made.prepare(EACH)
    return made


@pytest.fixture
def traffic(account, connection):
    made = Traffic(account, connection)
    made.begin(6)
    return made


def test_every_difference_is_found_and_nothing_else_while_events_come_in_and_edits_go_out(
    garden, traffic, imported, findings, connection, monkeypatch
):
    imported()
    assert findings() == []
    planted = garden.plant()
    assert len(planted) >= 40 * EACH
    monkeypatch.setattr(pages, "LIMIT", 8)
    run = runs.start(connection, started_by="test", here=True)
    while work.work(run.pk, seconds=0, progress=traffic.tick):
        pass
    run = ComparisonRun.objects.get(pk=run.pk)
    assert run.state == "done" and traffic.ticks > 15
    assert {told(one) for one in Finding.objects.filter(state="open")} == planted
