"""A worker that dies with a repair is followed by another one, and nothing is asked for twice."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from billing.models import Customer
from integrations import tasks
from integrations.models import Finding, FindingRepair, OutboundSync
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.queue import dispatch
from integrations.reconcile.paging import slices
from integrations.reconcile.repairing import bulk, checks, leases, requests, roads, work

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(account, imported, findings):
    """A push of a customer's phone was asked for."""
    account.customer(1, phone="555")
    imported()
    Customer.objects.update(phone="777")
    [found] = findings()
    return requests.ask(found.pk, "push", by="ada")


def die(*_args):
    raise OperationalError("the worker was killed")


def later():
    FindingRepair.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


@pytest.mark.parametrize(("module", "name"), [(roads, "_begin"), (checks, "check")])
def test_another_worker_goes_on(asked, monkeypatch, module, name):
    with monkeypatch.context() as patched:
        patched.setattr(module, name, die)
        with pytest.raises(OperationalError):
            work.carry_out(asked.pk, timezone.now())
    later()
    carry_out_all()
    asked.refresh_from_db()
    assert (asked.state, OutboundSync.objects.count()) == ("done", 1)
    assert Finding.objects.get().state == "healed"


def test_what_another_worker_has_is_left(asked):
    assert leases.claim(asked.pk, timezone.now()) is not None
    work.carry_out(asked.pk, timezone.now())
    assert FindingRepair.objects.get().state == "waiting" and not OutboundSync.objects.exists()


def test_the_sweep_finds_what_no_worker_knows_of(asked, monkeypatch):
    sent = []
    monkeypatch.setattr(dispatch, "send", lambda task, *_ids, **_options: sent.append(task))
    tasks.sweep()
    assert dispatch.REPAIR in sent
    tasks.carry_out_repairs()
    assert FindingRepair.objects.get().state == "under_way"


def test_a_provider_that_is_down_is_asked_again_and_then_given_up(asked, simulator, monkeypatch):
    simulator.faults.add("customers.retrieve", "500_before", times=-1)
    work.carry_out(asked.pk, timezone.now())
    asked.refresh_from_db()
    assert (asked.state, asked.failures) == ("waiting", 1) and asked.next_attempt_at > timezone.now()
    FindingRepair.objects.update(failures=slices.MAX_FAILURES - 1, next_attempt_at=timezone.now())
    work.carry_out(asked.pk, timezone.now())
    asked.refresh_from_db()
    assert asked.state == "failed" and Finding.objects.get().state == "open"


def test_many_repairs_notify_a_worker_once(account, imported, findings, monkeypatch):
    made = [account.customer(number).id for number in range(3)]
    imported()
    for stripe_id in made:
        account.api.v1.customers.update(stripe_id, {"name": "Other"})
    findings()
    sent = []
    monkeypatch.setattr(dispatch, "send", lambda task, *_ids, **_options: sent.append(task))
    summary = bulk.ask(Finding.objects.all(), bulk.SUGGESTED, by="ada")
    assert (summary.asked["take"], sent.count(dispatch.REPAIR)) == (3, 1)
