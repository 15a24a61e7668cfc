"""Repairs of thousands of findings: a request stores them, a worker asks for them, each once."""

import pytest
from django.db import OperationalError
from django.utils import timezone

from billing.models import Customer
from billing.tests.admin.pages import messages_of, page, select
from integrations import tasks
from integrations.models import Finding, FindingRepair, RepairBatch
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.queue import dispatch
from integrations.reconcile.repairing import batches, bulk, requests

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 1000


@pytest.fixture
def few(monkeypatch):
    """More than two are many."""
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(batches, "CHUNK", 2)


@pytest.fixture
def four(few, account, imported, findings):
    """Of customers whose names were changed there, but one, who is there only."""
    made = [account.customer(number).id for number in range(3)]
    imported()
    for stripe_id in made:
        account.api.v1.customers.update(stripe_id, {"name": "Other"})
    account.customer(4)
    return findings()


def asked_for(api, **body):
    answer = api.post("/v1/findings/repair", {"entity_type": "customer", **body}, format="json")
    assert answer.status_code == 202
    return answer.json()


def finish():
    while batches.expand(seconds=60):
        pass


class TestARequest:
    def test_of_many_is_stored_and_shows_how_far_it_is(self, api, four):
        answer = asked_for(api, repair="take")
        assert (answer["asked"], answer["unexamined"]) == ({}, 4)
        assert not FindingRepair.objects.exists()
        path = f"/v1/repair_batches/{answer['batch_id']}"
        assert (api.get(path).json()["total"], api.get(path).json()["done"]) == (4, 0)
        finish()
        shown = api.get(path).json()
        assert (shown["done"], shown["asked"], shown["asked_by"]) == (4, {"take": 4}, "API key tests")
        assert shown["settled_at"] and api.get("/v1/repair_batches").json()["pagination"]["total"] == 1
        carry_out_all()
        assert not Finding.objects.filter(state="open").exists()

    def test_says_what_was_left_out(self, api, four):
        batch = asked_for(api, repair="push")["batch_id"]
        finish()
        [refused] = api.get(f"/v1/repair_batches/{batch}").json()["refused"]
        assert (refused["count"], "nothing of it to push" in refused["reason"]) == (1, True)

    def test_accepts_many(self, api, four):
        asked_for(api, repair="accept", reason="Known.")
        finish()
        assert {(one.state, one.accepted_reason) for one in Finding.objects.all()} == {("accepted", "Known.")}
        assert RepairBatch.objects.get().asked == {"accept": 4}

    def test_shows_the_first_of_many_in_a_dry_run(self, api, four):
        body = {"entity_type": "customer", "repair": "take", "dry_run": True}
        answer = api.post("/v1/findings/repair", body, format="json").json()
        assert (answer["asked"], answer["unexamined"], answer["batch_id"]) == ({"take": 2}, 2, None)
        assert not RepairBatch.objects.exists()

    def test_of_a_few_is_answered_at_once(self, api, four):
        answer = asked_for(api, repair="take", kind="only_there")
        assert (answer["asked"], answer["batch_id"]) == ({"take": 1}, None)

    def test_holds_the_web_process_for_no_longer_however_many_there_are(
        self, api, connection, django_assert_max_num_queries
    ):
        now = timezone.now()
        common = {"connection": connection, "kind": "differs", "entity_type": "customer", "field": "name"}
        Finding.objects.bulk_create(
            Finding(**common, entity_id=f"cust_{number}", suggested="take", asked_at=now, seen_at=now)
            for number in range(MANY)
        )
        with django_assert_max_num_queries(20):
            assert asked_for(api, repair="suggested")["unexamined"] == MANY


class TestAWorker:
    def test_that_dies_within_a_chunk_has_asked_for_none_of_it(self, api, four, monkeypatch):
        asked_for(api, repair="take")
        stored, calls = requests.store, []

        def die(*arguments, **options):
            calls.append(1)
            if len(calls) == 4:
                raise OperationalError("the worker was killed")
            return stored(*arguments, **options)

        with monkeypatch.context() as patched:
            patched.setattr(requests, "store", die)
            with pytest.raises(OperationalError):
                batches.expand(seconds=60)
        assert (RepairBatch.objects.get().done, FindingRepair.objects.count()) == (2, 2)
        RepairBatch.objects.update(leased_until=None, lease_holder="")
        finish()
        assert (RepairBatch.objects.get().asked, FindingRepair.objects.count()) == ({"take": 4}, 4)

    def test_leaves_what_another_one_has(self, api, four):
        asked_for(api, repair="take")
        RepairBatch.objects.update(leased_until=timezone.now() + batches.LEASE, lease_holder="another worker")
        assert not batches.expand(seconds=60)
        assert not FindingRepair.objects.exists()

    def test_is_found_by_the_sweep(self, api, four, monkeypatch):
        asked_for(api, repair="take")
        sent = []
        monkeypatch.setattr(dispatch, "send", lambda task, *_ids, **_options: sent.append(task))
        tasks.sweep()
        assert dispatch.REPAIR in sent
        tasks.carry_out_repairs()
        assert RepairBatch.objects.get().settled_at and Customer.objects.filter(name="Other").count() == 3


class TestTheAdmin:
    def test_says_where_it_is_shown(self, admin_client, four):
        assert (
            "2 of them were not looked at yet" in select(admin_client, four, "take_selected").content.decode()
        )
        chosen = {"action": "take_selected", "_selected_action": [one.pk for one in four], "confirmed": "1"}
        told = messages_of(admin_client.post(page(Finding, "changelist"), chosen))
        assert "goes through 4 findings" in told
        finish()
        batch = RepairBatch.objects.get()
        shown = admin_client.get(page(RepairBatch, "change", batch.pk)).content.decode()
        assert "4 of 4" in shown and "take: 4" in shown
        assert "4 of 4" in admin_client.get(page(RepairBatch, "changelist")).content.decode()
