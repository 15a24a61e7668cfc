"""Each planted fault is named, and nothing else is; what was mended is named no more."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from billing.services import environments
from integrations.connections import credentials
from integrations.models import Connection
from integrations.providers.stripe.tests.diagnosing import faults
from integrations.providers.stripe.tests.diagnosing.faults import ALL_READS, FAULTS, restrict
from integrations.reconcile.doctor.findings import Severity


class TestTheDoctor:
    def test_finds_nothing_wrong_with_a_connection_in_good_health(self, ward):
        report = ward.report()
        assert [one.code for one in report.findings if one.severity > Severity.OK] == []
        assert report.is_well

    @pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
    def test_names_the_fault_and_nothing_else(self, ward, plant):
        plant(ward)
        ward.settle() if plant is not faults.inbox_stands else None
        assert ward.wrong() == [FAULTS[plant]]
        found = ward.finding(FAULTS[plant])
        assert found.message and found.advice

    @pytest.mark.parametrize("plant", FAULTS, ids=lambda plant: plant.__name__)
    def test_says_the_same_when_asked_again(self, ward, plant):
        plant(ward)
        ward.settle() if plant is not faults.inbox_stands else None
        assert ward.wrong() == ward.wrong() == [FAULTS[plant]]

    @pytest.mark.parametrize("plant", [faults.endpoint_disabled, faults.secret_wrong, faults.revoked_key])
    def test_says_of_what_another_fault_explains_that_it_is_unknown(self, ward, plant):
        faults.webhooks_silent(ward)
        plant(ward)
        assert ward.wrong() == [FAULTS[plant]]
        assert ward.finding("webhooks_hindered").severity == Severity.UNKNOWN

    def test_changes_nothing_at_the_provider(self, ward, simulator):
        before = len([call for call in simulator.requests() if call["method"] != "GET"])
        ward.report()
        assert len([call for call in simulator.requests() if call["method"] != "GET"]) == before

    def test_does_not_break_a_connection_whose_key_may_not_read_something(self, ward):
        restrict(ward, "customer_read")
        assert set(ward.wrong()) == {"permission_missing"}
        assert Connection.objects.get(pk=ward.connection.pk).status == "active"

    def test_takes_an_endpoint_at_any_address_that_receives_its_events(self, ward):
        endpoint = ward.connection.webhook_endpoint_id
        for path, code in {
            "webhooks/stripe/tenant_1/env_of_flexprice": "",
            "integrations/stripe/webhook": "",
            "webhooks/stripe/tenant_1": "endpoint_missing",
            "webhooks/acme/tenant_1/env_of_flexprice": "endpoint_missing",
            "integrations/stripe/webhook/conn_other": "endpoint_missing",
        }.items():
            url = f"{credentials.public_address()}/v1/{path}"
            ward.api.v1.webhook_endpoints.update(endpoint, {"url": url})
            # Made by hand, and known by its address alone.
            ward.change(webhook_endpoint_id="")
            assert ward.wrong() == ([code] if code else []), path
            ward.change(webhook_endpoint_id=endpoint)
            assert ward.wrong() == (["endpoint_address"] if code else []), path

    def test_says_of_what_only_a_write_shows_that_it_is_unknown_until_it_was_used(self, ward):
        restrict(ward, *ALL_READS, "customer_write", "invoice_write")
        unused = {one.message for one in ward.report().findings if one.code == "permission_unused"}
        assert any("customer_write" in message for message in unused)
        faults.push(
            ward.connection,
            faults.Kind.CUSTOMER,
            faults.builders.customer(ward.connection.environment).pk,
        )
        used = {one.message for one in ward.report().findings if one.code == "permission_unused"}
        assert not any("customer_write" in message for message in used) and used

    def test_knows_after_a_new_key_that_nothing_was_used_with_it(self, ward):
        self.test_says_of_what_only_a_write_shows_that_it_is_unknown_until_it_was_used(ward)
        ward.change(credentials_at=faults.timezone.now())
        unused = [one.message for one in ward.report().findings if one.code == "permission_unused"]
        assert any("customer_write" in message for message in unused)

    def test_says_that_a_new_secret_is_not_proven(self, ward):
        credentials.add_signing_secret(ward.connection, "whsec_new_and_unused", faults.timezone.now())
        assert ward.wrong() == []
        assert ward.finding("secret_unproven").remedy == "prove"

    def test_says_that_deliveries_are_still_signed_with_the_older_secret(self, ward):
        older = ward.connection.signing_secrets.first().secret()
        credentials.add_signing_secret(ward.connection, "whsec_of_another_endpoint", faults.timezone.now())
        assert ward.deliver("evt_by_the_older", secret=older) == 200
        ward.settle()
        assert ward.wrong() == ["secret_wrong"]
        assert "...oint" in ward.finding("secret_wrong").message


class TestTheCommand:
    def test_ends_with_0_and_prints_json(self, ward):
        out = StringIO()
        call_command("doctor", "--json", stdout=out)
        [report] = json.loads(out.getvalue())
        assert (report["status"], report["connection_id"]) == ("ok", ward.connection.pk)
        assert (report["examined_at"][10], report["examined_at"][-1]) == ("T", "Z")

    def test_ends_with_1_where_something_is_wrong(self, ward):
        faults.endpoint_disabled(ward)
        out = StringIO()
        with pytest.raises(CommandError) as error:
            call_command("doctor", ward.connection.pk, "--json", stdout=out)
        assert error.value.returncode == 1
        assert "endpoint_disabled" in out.getvalue()

    def test_ends_with_2_for_an_unknown_id(self, ward):
        with pytest.raises(CommandError) as error:
            call_command("doctor", "conn_none")
        assert error.value.returncode == 2

    def test_prints_a_table(self, ward, capsys):
        call_command("doctor")
        assert "secret" in capsys.readouterr().out


class TestTheApi:
    @pytest.fixture
    def api(self, ward):
        made = environments.create_api_key(
            environment=ward.connection.environment, name="Test", scope="write"
        )
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {made[1]}")
        return client

    def test_returns_the_report(self, ward, api):
        faults.endpoint_disabled(ward)
        found = api.get(f"/v1/connections/{ward.connection.pk}/health").json()
        assert (found["status"], found["name"]) == ("error", "Test stripe")
        [worst, *_] = found["findings"]
        assert (worst["code"], worst["remedy"]) == ("endpoint_disabled", "register_webhook")

    def test_mends_by_the_call_that_a_finding_names(self, ward, api):
        faults.endpoint_disabled(ward)
        assert api.post(f"/v1/connections/{ward.connection.pk}/webhook_endpoint").status_code == 200
        assert ward.wrong() == []

    def test_tests_credentials_as_soon_as_they_are_stored(self, ward, api):
        ward.simulator.revoke_key("sk_test_shop_revoked")
        url = f"/v1/connections/{ward.connection.pk}/secrets"
        saved = api.post(url, {"secret_key": "sk_test_shop_revoked"})
        assert saved.status_code == 200
        assert [problem["code"] for problem in saved.json()["problems"]] == ["key_refused"]
        assert saved.json()["status"] == "broken"
        again = api.post(url, {"secret_key": faults.builders.SECRET_KEY})
        assert (again.json()["problems"], again.json()["status"]) == ([], "active")

    def test_tests_the_credentials_of_a_new_connection_and_learns_its_account(self, ward, api):
        made = api.post(
            "/v1/connections",
            {"provider": "stripe", "name": "New", "metadata": {"secret_key": "sk_test_new_1234567890"}},
        )
        assert made.status_code == 201
        assert [problem["code"] for problem in made.json()["problems"]] == ["secret_missing"]
        assert made.json()["account_id"].startswith("acct_")

    def test_breaks_a_connection_that_gets_the_key_of_another_account(self, ward, api):
        saved = api.post(
            f"/v1/connections/{ward.connection.pk}/secrets", {"secret_key": "sk_test_elsewhere_1234567890"}
        )
        assert [problem["code"] for problem in saved.json()["problems"]] == ["account_changed"]
        assert saved.json()["status"] == "broken"

    def test_says_when_another_connection_has_the_account(self, ward, api):
        other = faults.make_connection(
            ward.connection.environment_id, "stripe", name="Other", on=("customer_inbound_enabled",)
        )
        url = f"/v1/connections/{other.pk}/secrets"
        saved = api.post(url, {"secret_key": faults.builders.SECRET_KEY})
        assert [problem["code"] for problem in saved.json()["problems"]] == ["account_taken"]

    def test_asks_a_provider_that_does_not_answer_once(self, ward, api):
        faults.provider_down(ward)
        before = len(ward.simulator.requests())
        saved = api.post(
            f"/v1/connections/{ward.connection.pk}/secrets", {"secret_key": faults.builders.SECRET_KEY}
        )
        assert [problem["code"] for problem in saved.json()["problems"]] == ["provider_unreachable"]
        assert len(ward.simulator.requests()) == before + 1

    def test_polls_at_once_where_asked(self, ward, api):
        assert api.post(f"/v1/connections/{ward.connection.pk}/poll").status_code == 202
