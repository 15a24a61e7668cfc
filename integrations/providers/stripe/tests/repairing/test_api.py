"""Comparisons and findings over the API: what each repair would do, and repairs, one or many."""

import pytest

from billing.models import Customer
from billing.services import environments
from integrations.models import Finding, FindingRepair
from integrations.providers.stripe.tests.repairing.conftest import carry_out_all
from integrations.reconcile.comparing import work

pytestmark = pytest.mark.django_db(transaction=True)


def preview_of(shown, repair):
    return next(one for one in shown["preview"] if one["repair"] == repair)


class TestComparisons:
    def test_are_started_and_show_how_far_they_are(self, api, ada):
        answer = api.post("/v1/comparisons", {"lists": ["customers"]}, format="json")
        assert (answer.status_code, answer.json()["state"]) == (202, "running")
        assert answer.json()["started_by"] == "API key tests"
        while work.work(answer.json()["id"], seconds=600):
            pass
        shown = api.get(f"/v1/comparisons/{answer.json()['id']}").json()
        assert (shown["state"], shown["found"], shown["progress"]["found"]) == ("done", 0, 1)
        assert {one["name"]: one["left_out"] for one in shown["lists"]}["products"] == "It was not asked for."
        assert api.get("/v1/comparisons?state=done").json()["pagination"]["total"] == 1

    def test_are_paused_resumed_and_cancelled(self, api, ada):
        first = api.post("/v1/comparisons", {}, format="json").json()["id"]
        second = api.post("/v1/comparisons", {}, format="json")
        assert (second.status_code, second.json()["code"]) == (409, "comparison_open")
        for act, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
            assert api.post(f"/v1/comparisons/{first}/{act}").json()["state"] == state
        refused = api.post(f"/v1/comparisons/{first}/pause")
        assert (refused.status_code, refused.json()["code"]) == (409, "comparison_settled")

    def test_refuse_lists_that_there_are_not(self, api, ada):
        refused = api.post("/v1/comparisons", {"lists": ["cats"]}, format="json")
        assert (refused.status_code, "lists" in refused.json()["details"]) == (400, True)


class TestFindings:
    def test_are_filtered(self, api, two):
        def total(query):
            return api.get(f"/v1/findings?{query}").json()["pagination"]["total"]

        assert total("state=open&kind=differs&entity_type=customer") == 2
        assert (total("field=name"), total("suggested=push"), total("state=healed")) == (1, 1, 0)
        assert total(f"entity_id={Customer.objects.get().pk}&connection_id={two[0].connection_id}") == 2

    def test_show_what_each_repair_would_do(self, api, two):
        shown = api.get(f"/v1/findings/{two[0].pk}").json()
        assert (shown["field"], shown["ours"], shown["theirs"]) == ("name", "Customer 1", "Eve")
        take, push = preview_of(shown, "take"), preview_of(shown, "push")
        assert take["changes"] == [
            {"side": "here", "field": "name", "before": "Customer 1", "after": "Eve"},
        ]
        assert (take["refusal"], push["refusal"], take["calls"]) == ("", "", [])
        [call] = [one for one in push["calls"] if not one["skipped"]]
        assert (call["operation"], call["params"]["name"]) == ("customers.update", "Customer 1")
        assert Finding.objects.filter(state="open").count() == 2

    def test_show_why_a_repair_is_impossible(self, api, findings, account, ada):
        account.customer(2)
        [found] = findings()
        shown = api.get(f"/v1/findings/{found.pk}").json()
        assert "nothing of it to push" in preview_of(shown, "push")["refusal"]
        refused = api.post(f"/v1/findings/{found.pk}/repair", {"repair": "push"}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "repair_refused")

    def test_are_repaired(self, api, two):
        answer = api.post(f"/v1/findings/{two[0].pk}/repair", {"repair": "take"}, format="json")
        assert (answer.status_code, answer.json()["state"]) == (202, "open")
        [asked] = answer.json()["repairs"]
        assert (asked["state"], asked["asked_by"]) == ("waiting", "API key tests")
        carry_out_all()
        shown = api.get(f"/v1/findings/{two[0].pk}").json()
        assert (shown["state"], shown["repairs"][0]["state"]) == ("healed", "done")

    def test_are_accepted_and_opened_again(self, api, two):
        path = f"/v1/findings/{two[0].pk}"
        for wrong in ({}, {"reason": " "}, {"reason": "Known.", "until": "2020-01-01T00:00:00Z"}):
            assert api.post(f"{path}/accept", wrong, format="json").status_code == 400
        shown = api.post(f"{path}/accept", {"reason": "Known."}, format="json").json()
        assert (shown["state"], shown["accepted_reason"]) == ("accepted", "Known.")
        assert api.post(f"{path}/reopen").json()["state"] == "open"

    def test_of_another_environment_are_not_there(self, api, two):
        other = environments.create(name="Other", kind="production")
        two[0].connection.environment = other
        two[0].connection.save()
        assert api.get(f"/v1/findings/{two[0].pk}").status_code == 404
        body = {"ids": [two[0].pk], "repair": "take"}
        answer = api.post("/v1/findings/repair", body, format="json")
        assert (answer.status_code, two[0].pk in str(answer.json())) == (400, True)


class TestABulk:
    def test_shows_first_what_it_would_do(self, api, two):
        body = {"entity_type": "customer", "repair": "suggested", "dry_run": True}
        answer = api.post("/v1/findings/repair", body, format="json")
        assert (answer.status_code, answer.json()["asked"]) == (200, {"take": 1, "push": 1})
        assert {one["finding"]["field"] for one in answer.json()["examples"]} == {"name", "phone"}
        assert not FindingRepair.objects.exists()

    def test_does_what_is_suggested(self, api, two, stripe_api, ada):
        body = {"kind": "differs", "repair": "suggested"}
        answer = api.post("/v1/findings/repair", body, format="json")
        assert (answer.status_code, answer.json()["asked"]) == (202, {"take": 1, "push": 1})
        carry_out_all()
        there = stripe_api.v1.customers.retrieve(ada.id)
        assert (Customer.objects.get().name, there.phone) == ("Eve", "777")
        assert not Finding.objects.filter(state="open").exists()

    def test_counts_what_is_refused(self, api, ada, findings, account):
        account.customer(2), account.customer(3)
        findings()
        answer = api.post("/v1/findings/repair", {"kind": "only_there", "repair": "push"}, format="json")
        [refused] = answer.json()["refused"]
        assert (refused["count"], "nothing of it to push" in refused["reason"]) == (2, True)

    def test_accepts_with_a_reason(self, api, two):
        body = {"ids": [one.pk for one in two], "repair": "accept"}
        assert api.post("/v1/findings/repair", body, format="json").status_code == 400
        body["reason"] = "Known."
        dry = api.post("/v1/findings/repair", {**body, "dry_run": True}, format="json").json()
        assert (dry["asked"], dry["refused"]) == ({"accept": 2}, [])
        answer = api.post("/v1/findings/repair", body, format="json")
        assert answer.json()["asked"] == {"accept": 2}
        assert {one.state for one in Finding.objects.all()} == {"accepted"}

    @pytest.mark.parametrize("repair", ["push", "take", "suggested"])
    @pytest.mark.parametrize(("name", "value"), [("reason", "Known."), ("until", "2999-01-01T00:00:00Z")])
    def test_refuses_what_only_an_acceptance_keeps(self, api, two, repair, name, value):
        body = {"kind": "differs", "repair": repair, name: value}
        refused = api.post("/v1/findings/repair", body, format="json")
        assert (refused.status_code, list(refused.json()["details"])) == (400, [name])
        assert not FindingRepair.objects.exists()

    def test_refuses_a_connection_that_there_is_not(self, api, two):
        body = {"connection_id": "conn_none", "repair": "take"}
        for path in ("/v1/findings/repair", "/v1/comparisons"):
            refused = api.post(
                path, body if "findings" in path else {"connection_id": "conn_none"}, format="json"
            )
            assert (refused.status_code, refused.json()["code"]) == (404, "not_found")

    def test_is_never_of_all_by_mistake(self, api, two):
        for named in ({}, {"ids": []}):
            body = {"repair": "take", **named}
            assert api.post("/v1/findings/repair", body, format="json").status_code == 400
