"""Imports over the API, at a shell and in the admin."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from billing.facts import CustomerFacts
from billing.models import Customer, Plan
from billing.services import environments
from billing.services.customers import customers
from billing.tests.admin.pages import messages_of, press
from integrations.models import ImportRun, LinkCandidate
from integrations.models.link_candidates import LinkChoice
from integrations.reconcile.importing import runs, work
from integrations.reconcile.linking import decisions

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def api(environment):
    _, key = environments.create_api_key(environment=environment, name="tests", scope="write")
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
    return client


@pytest.fixture
def ada(stripe_api, connection):
    return stripe_api.v1.customers.create({"name": "Ada"})


def command(*arguments):
    """Returns the exit code and what was printed."""
    out = StringIO()
    try:
        call_command("import_from", "stripe", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


class TestTheApi:
    def test_starts_an_import_and_shows_how_far_it_is(self, api, ada):
        answer = api.post("/v1/imports", {"provider": "stripe"}, format="json")
        assert (answer.status_code, answer.json()["state"]) == (202, "running")
        assert answer.json()["started_by"] == "API key tests"
        work.work(answer.json()["id"], seconds=600)
        shown = api.get(f"/v1/imports/{answer.json()['id']}").json()
        assert (shown["state"], shown["progress"]["found"], shown["findings"]) == ("done", 1, [])
        [customers] = [one for one in shown["lists"] if one["name"] == "customers"]
        assert (customers["made"], customers["samples"]) == (1, {"made": [[ada.id, "Ada"]]})

    def test_is_not_of_a_time_to_come(self, api, ada):
        refused = api.post("/v1/imports", {"since": "2999-01-01T00:00:00Z"}, format="json")
        assert (refused.status_code, list(refused.json()["details"])) == (400, ["since"])

    def test_has_one_open_at_a_time(self, api, ada):
        first = api.post("/v1/imports", {}, format="json").json()
        second = api.post("/v1/imports", {}, format="json")
        assert (second.status_code, second.json()["code"]) == (409, "import_open")
        assert api.post(f"/v1/imports/{first['id']}/pause").json()["state"] == "paused"
        assert api.post(f"/v1/imports/{first['id']}/resume").json()["state"] == "running"
        assert api.post(f"/v1/imports/{first['id']}/cancel").json()["state"] == "cancelled"
        refused = api.post(f"/v1/imports/{first['id']}/pause")
        assert (refused.status_code, refused.json()["code"]) == (409, "import_settled")
        assert api.get("/v1/imports?state=cancelled").json()["pagination"]["total"] == 1

    def test_refuses_lists_that_there_are_not(self, api, ada):
        refused = api.post("/v1/imports", {"lists": ["coupons"]}, format="json")
        assert (refused.status_code, "lists" in refused.json()["details"]) == (400, True)
        assert not ImportRun.objects.exists()


class TestTheCommand:
    def test_imports_and_reports(self, ada):
        code, output = command("--here")
        assert (code, Customer.objects.get().name) == (0, "Ada")
        assert "is done: 1 objects" in output

    def test_counts_without_changing_anything(self, ada):
        code, output = command("--dry-run", "--here", "--only", "customers")
        assert (code, f"customers, made: {ada.id} Ada" in output) == (0, True)
        assert not Customer.objects.exists()

    def test_ends_with_1_where_something_needs_a_person(self, stripe_api, connection):
        theirs = {"flexprice_environment": "env_other", "flexprice_customer_id": "cust_x"}
        stripe_api.v1.customers.create({"metadata": theirs})
        code, output = command("--here")
        assert (code, "another environment" in output) == (1, True)

    def test_ends_with_0_where_only_what_flexsync_itself_has_made_stays_out(self, ada, stripe_api):
        stripe_api.v1.products.create({"name": "A page", "metadata": {"flexprice_payment_id": "pay_x"}})
        code, output = command("--here")
        assert (code, "refused:" in output, Plan.objects.exists()) == (0, False, False)

    def test_pauses_and_resumes(self, ada, connection):
        runs.start(connection, started_by="test", here=True)
        assert "is paused" in command("--pause")[1]
        code, output = command("--resume", "--here")
        assert (code, "is done: 1 objects" in output) == (0, True)

    def test_cancels(self, ada, connection):
        runs.start(connection, started_by="test", here=True)
        assert "is cancelled" in command("--cancel")[1]
        assert command("--resume")[0] == 2

    def test_ends_with_2_for_another_provider(self, connection):
        code, _ = command("--connection", "conn_none")
        assert code == 2


class TestTheAdmin:
    def test_starts_one_and_shows_it(self, ada, connection, admin_client):
        assert "has begun" in messages_of(press(admin_client, connection, "start_import"))
        run = ImportRun.objects.get()
        assert run.started_by == "admin"
        work.work(run.pk, seconds=600)
        shown = admin_client.get(f"/admin/integrations/importrun/{run.pk}/change/").content.decode()
        assert "customers" in shown and "1 objects" in shown and "Ada" in shown


class TestLinks:
    @pytest.fixture
    def run(self, connection, stripe_api, environment):
        for number in range(2):
            facts = CustomerFacts(name=f"C{number}", email=f"c{number}@example.com")
            customers.create(environment_id=environment.pk, facts=facts)
            stripe_api.v1.customers.create({"email": f"c{number}@example.com"})
        run = runs.start(connection, started_by="test", here=True)
        work.work(run.pk, seconds=600)
        return ImportRun.objects.get(pk=run.pk)

    def test_are_decided_over_the_api(self, api, run):
        shown = api.get(f"/v1/link_candidates?import_id={run.pk}&undecided=true").json()
        assert [one["grade"] for one in shown["items"]] == ["probable", "probable"]
        both = {"rest_apart": True, "waive": True}
        assert api.post(f"/v1/imports/{run.pk}/settle_links", both, format="json").status_code == 400
        refused = api.post(f"/v1/imports/{run.pk}/settle_links", {}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "links_undecided")
        first, _ = shown["items"]
        one = api.post(f"/v1/link_candidates/{first['id']}/decide", {"choice": "apart"}, format="json").json()
        assert (one["choice"], one["decided_by"]) == ("apart", "API key tests")
        rest = {"grade": "probable", "choice": "link"}
        decided = api.post(f"/v1/imports/{run.pk}/decide_links", rest, format="json").json()
        assert decided == {"decided": 1, "undecided": 0, "clashes": []}
        settled = api.post(f"/v1/imports/{run.pk}/settle_links", {}, format="json").json()
        assert (settled["state"], settled["linking"]) == ("running", "settled")
        work.work(run.pk, seconds=600)
        assert Customer.objects.count() == 3
        again = api.post(f"/v1/imports/{run.pk}/settle_links", {}, format="json")
        assert (again.status_code, again.json()["code"]) == (409, "links_settled")

    def test_come_as_pairs(self, api, run, stripe_api):
        theirs = stripe_api.v1.customers.create({"name": "Unlike"})
        ada = Customer.objects.first()
        LinkCandidate.objects.filter(entity_id=ada.pk).delete()
        body = {"pairs": [{"entity_id": ada.pk, "provider_entity_id": theirs.id}]}
        decided = api.post(f"/v1/imports/{run.pk}/decide_links", body, format="json").json()
        assert decided == {"decided": 1, "undecided": 1, "clashes": []}
        unknown = {"pairs": [{"entity_id": "cust_none", "provider_entity_id": theirs.id}]}
        assert api.post(f"/v1/imports/{run.pk}/decide_links", unknown, format="json").status_code == 400

    def test_are_decided_in_the_admin(self, run, admin_client):
        candidate = LinkCandidate.objects.first()
        listed = admin_client.get("/admin/integrations/linkcandidate/").content.decode()
        assert "same e-mail" in listed and "waits for you" in listed
        assert "row of its own" in messages_of(press(admin_client, candidate, "apart"))
        assert "1 probable" in messages_of(press(admin_client, run, "probable"))
        assert "goes on" in messages_of(press(admin_client, run, "settle"))
        work.work(run.pk, seconds=600)
        assert (ImportRun.objects.get().state, Customer.objects.count()) == ("done", 3)

    def test_that_clash_are_left_out_and_named(self, api, run, stripe_api, admin_client):
        """The row of a probable candidate was said to be another object."""
        taken, free = LinkCandidate.objects.order_by("pk")
        other = stripe_api.v1.customers.create({"name": "Unlike"})
        decisions.add_pairs(run, [(taken.entity_id, other.id)], by="ada", now=timezone.now())
        messages = messages_of(press(admin_client, run, "probable"))
        assert "1 probable" in messages and "1 left undecided" in messages
        assert f"may be {taken.entity_id}, which {other.id} was said to be" in messages
        free.refresh_from_db()
        assert free.choice == "link"
        body = {"grade": "probable", "choice": "link"}
        decided = api.post(f"/v1/imports/{run.pk}/decide_links", body, format="json").json()
        clash = {
            "candidate_id": taken.pk,
            "provider_entity_id": taken.provider_entity_id,
            "entity_id": taken.entity_id,
            "other_provider_entity_id": other.id,
        }
        assert decided == {"decided": 0, "undecided": 1, "clashes": [clash]}
        assert other.id in command("--link", "probable")[1].replace("\n", "")

    def test_of_a_finished_dry_run_wait_for_nobody(self, run, admin_client):
        runs.cancel(run.pk, timezone.now())
        LinkCandidate.objects.all().delete()
        dry = runs.start(run.connection, started_by="test", here=True, dry_run=True)
        work.work(dry.pk, seconds=600)
        assert LinkCandidate.objects.filter(run=dry).count() == 2
        listed = admin_client.get("/admin/integrations/linkcandidate/").content.decode()
        assert "same e-mail" in listed and "waits for you" not in listed

    def test_show_the_row_that_was_chosen_instead(self, run, admin_client, environment):
        candidate = LinkCandidate.objects.first()
        other = Customer.objects.create(environment=environment, name="Chosen")
        found = LinkCandidate.objects.filter(pk=candidate.pk)
        decisions.decide(found, LinkChoice.LINK, by="ada", now=timezone.now(), entity_id=other.pk)
        shown = admin_client.get(f"/admin/integrations/linkcandidate/{candidate.pk}/change/").content.decode()
        assert "Chosen" in shown and other.pk in shown and candidate.entity_id not in shown

    def test_of_several_rows_are_decided_by_naming_one(self, run, admin_client):
        candidate = LinkCandidate.objects.first()
        two = [[one.pk, one.name, "e-mail"] for one in Customer.objects.order_by("pk")]
        LinkCandidate.objects.filter(pk=candidate.pk).update(grade="several", entity_id="", rows=two)
        listed = admin_client.get("/admin/integrations/linkcandidate/").content.decode()
        assert listed.count("This one") == 2
        address = f"/admin/integrations/linkcandidate/{candidate.pk}/decide/"
        assert "will be linked" in messages_of(admin_client.post(address, {"row": two[1][0]}))
        candidate.refresh_from_db()
        assert (candidate.choice, candidate.entity_id) == ("link", two[1][0])

    def test_are_announced_at_a_shell(self, connection, environment, stripe_api):
        customers.create(environment_id=environment.pk, facts=CustomerFacts(email="ada@example.com"))
        stripe_api.v1.customers.create({"email": "ada@example.com"})
        code, output = command("--here")
        assert (code, "waits until link candidates are decided" in output) == (0, True)

    def test_are_decided_at_a_shell(self, run, tmp_path):
        code, output = command("--links")
        assert (code, "2 probable" in output) == (0, True)
        pairs = tmp_path / "pairs.csv"
        one = LinkCandidate.objects.first()
        # As a spreadsheet saves it.
        pairs.write_text(
            f"entity_id,provider_entity_id\r\n\r\n{one.entity_id}, {one.provider_entity_id}\r\n", "utf-8-sig"
        )
        assert command("--pairs", str(pairs))[0] == 0
        assert command("--link", "probable", "--settle", "--here")[0] == 0
        assert (ImportRun.objects.get().state, Customer.objects.count()) == ("done", 2)

    def test_are_not_decided_by_a_file_that_is_no_list_of_pairs(self, run, tmp_path):
        pairs = tmp_path / "pairs.csv"

        def is_refused(why):
            code, said = command("--pairs", str(pairs))
            return code == 2 and why in said

        assert is_refused("cannot be read")
        pairs.write_text("entity_id,provider_entity_id\n", "utf-16")
        assert is_refused("in UTF-8")
        pairs.write_text("entity_id,provider_entity_id\ncust_1\n")
        assert is_refused("Line 2 of")
