"""Comparisons and findings in the admin: what differs, what a repair would do, and its button."""

import pytest

from billing.tests.admin.pages import messages_of, page, press, select
from integrations.models import ComparisonRun, Finding, FindingRepair
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.comparing import work

pytestmark = pytest.mark.django_db(transaction=True)


def html(client, address):
    return client.get(address).content.decode()


class TestComparisons:
    def test_begin_on_the_connections_page(self, admin_client, connection, ada):
        assert "has begun" in messages_of(press(admin_client, connection, "start_comparison"))
        run = ComparisonRun.objects.get()
        assert run.started_by == "admin"
        assert "is paused" in messages_of(press(admin_client, run, "pause"))
        assert "goes on" in messages_of(press(admin_client, run, "resume"))
        while work.work(run.pk, seconds=600):
            pass
        shown = html(admin_client, page(ComparisonRun, "change", run.pk))
        assert "Both sides are equal" in shown and "1 object, 0 findings" in shown

    def test_show_what_they_found_and_the_trend(self, admin_client, two, compared):
        run = compared()
        shown = html(admin_client, page(ComparisonRun, "change", run.pk))
        assert "2 open findings" in shown and 'data-type="line"' in shown
        assert "Found" in html(admin_client, page(ComparisonRun, "changelist"))

    def test_can_be_cancelled(self, admin_client, connection, ada):
        press(admin_client, connection, "start_comparison")
        assert "is cancelled" in messages_of(press(admin_client, ComparisonRun.objects.get(), "cancel"))


class TestAFinding:
    def test_shows_both_values_and_what_to_do(self, admin_client, two):
        listed = html(admin_client, page(Finding, "changelist"))
        assert "Customer 1" in listed and "Eve" in listed and "Take Stripe&#x27;s" in listed
        shown = html(admin_client, page(Finding, "change", two[0].pk))
        assert "no event has brought it here" in shown and "1 more open" in shown

    def test_is_taken_after_a_preview(self, admin_client, two):
        address = page(Finding, "take", two[0].pk)
        shown = html(admin_client, address)
        assert "Customer 1" in shown and "Eve" in shown and "Nothing was changed yet" in shown
        assert not FindingRepair.objects.exists()
        assert "a worker does it now" in messages_of(admin_client.post(address))
        assert FindingRepair.objects.get().asked_by == "admin"
        assert "under way" in html(admin_client, page(Finding, "change", two[0].pk))
        carry_out_all()
        assert Finding.objects.get(pk=two[0].pk).state == "healed"

    def test_shows_the_calls_of_a_push(self, admin_client, two):
        shown = html(admin_client, page(Finding, "push", two[1].pk))
        assert "customers.update" in shown and "555" in shown and "777" in shown

    def test_is_accepted_with_a_reason(self, admin_client, two):
        address = page(Finding, "accept", two[0].pk)
        assert "required" in admin_client.post(address, {"reason": ""}).content.decode()
        past = admin_client.post(address, {"reason": "Known.", "until": "2020-01-01"}).content.decode()
        assert "Send a time to come" in past
        admin_client.post(address, {"reason": "Known.", "until": ""})
        found = Finding.objects.get(pk=two[0].pk)
        assert (found.state, found.accepted_by, found.accepted_reason) == ("accepted", "admin", "Known.")
        assert "Known." in html(admin_client, page(Finding, "change", found.pk))
        assert "open again" in messages_of(press(admin_client, found, "reopen"))

    def test_does_not_offer_what_is_impossible(self, admin_client, ada, account, findings):
        account.customer(2)
        [found] = findings()
        shown = html(admin_client, page(Finding, "change", found.pk))
        assert page(Finding, "take", found.pk) in shown and page(Finding, "push", found.pk) not in shown
        assert "nothing of it to push" in html(admin_client, page(Finding, "push", found.pk))
        assert "nothing of it to push" in messages_of(admin_client.post(page(Finding, "push", found.pk)))


class TestABulk:
    def test_shows_first_what_would_be_done(self, admin_client, two):
        shown = select(admin_client, two, "suggested_selected").content.decode()
        assert "2 findings." in shown and "Push FlexSync&#x27;s" in shown and "Take Stripe&#x27;s" in shown
        assert not FindingRepair.objects.exists()

    def test_is_carried_out_once_it_was_seen(self, admin_client, two, stripe_api, ada):
        chosen = {"action": "suggested_selected", "_selected_action": [one.pk for one in two]}
        answer = admin_client.post(page(Finding, "changelist"), {**chosen, "confirmed": "1"})
        assert "Repairs asked for: 2." in messages_of(answer)
        carry_out_all()
        assert not Finding.objects.filter(state="open").exists()
        assert stripe_api.v1.customers.retrieve(ada.id).phone == "777"

    def test_says_what_is_left_out(self, admin_client, ada, account, findings):
        account.customer(2)
        shown = select(admin_client, findings(), "push_selected").content.decode()
        assert "0 findings." in shown and "nothing of it to push" in shown

    def test_of_all_pages_accepts_with_a_reason(self, admin_client, two):
        chosen = {"action": "accept_selected", "_selected_action": two[0].pk, "select_across": "1"}
        address = page(Finding, "changelist")
        assert "2 findings." in admin_client.post(address, chosen).content.decode()
        assert "required" in admin_client.post(address, {**chosen, "confirmed": "1"}).content.decode()
        answer = admin_client.post(address, {**chosen, "confirmed": "1", "reason": "Known."})
        assert "2 accepted" in messages_of(answer)
        assert {one.accepted_by for one in Finding.objects.all()} == {"admin"}
