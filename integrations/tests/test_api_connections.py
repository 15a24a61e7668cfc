"""Connections over the API: what goes in, what never comes out, and what each call does."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.tests.api_errors import assert_error
from integrations import sweep
from integrations.api.sync_config import SyncConfigInput, SyncConfigSerializer
from integrations.errors import Rejected
from integrations.models import Connection, OutboundSync, SigningSecret
from integrations.models.connections import SWITCHES
from integrations.provider_api import registry
from integrations.testing import make_connection, store
from integrations.tests.conftest import client
from integrations.tests.factories import EnvironmentFactory
from integrations.tests.test_inbox import event as event_of_acme

BODY = {
    "provider": "acme",
    "name": "Acme",
    "metadata": {
        "public_key": "public_0123456789",
        "secret_key": "test_abcdefghijkl",
        "webhook_secret": "whsec_mnopqrstuv",
    },
    "sync_config": {"customer_outbound_enabled": True, "plan_inbound_enabled": True},
}


@pytest.fixture
def made(api, server):
    return api.post("/v1/connections", BODY).json()


class TestCreating:
    def test_returns_all_but_the_secrets(self, made):
        assert made["metadata"] == {
            "public_key": "****6789",
            "secret_key": "****ijkl",
            "webhook_secret": "****stuv",
        }
        assert made["sync_config"] == dict.fromkeys(SWITCHES, False) | BODY["sync_config"]
        assert (made["status"], made["livemode"], made["api_version"]) == ("active", False, "1")
        assert made["webhook_url"].endswith(f"/v1/integrations/acme/webhook/{made['id']}")

    def test_stores_the_secrets_sealed(self, made):
        connection = Connection.objects.get()
        assert connection.credentials() == {
            "public_key": "public_0123456789",
            "secret_key": "test_abcdefghijkl",
        }
        assert connection.signing_secrets.get().secret() == "whsec_mnopqrstuv"
        stored = str(Connection.objects.values()) + str(SigningSecret.objects.values())
        assert "abcdefgh" not in stored
        assert "mnopq" not in stored

    def test_takes_the_other_names_too(self, api, server):
        body = {
            "provider_type": "acme",
            "name": "Acme",
            "encrypted_secret_data": BODY["metadata"],
            "sync_config": {"customer": {"inbound": True, "outbound": False}},
        }
        response = api.post("/v1/connections", body)
        assert response.status_code == 201
        assert response.json()["sync_config"] == dict.fromkeys(SWITCHES, False) | {
            "customer_inbound_enabled": True
        }

    def test_documents_every_switch(self):
        assert tuple(SyncConfigSerializer().fields) == SWITCHES
        taken = SyncConfigInput().fields
        nested = {noun: taken[noun].fields for noun in taken if noun not in SWITCHES}
        assert (
            {f"{noun}_{one}_enabled" for noun in nested for one in nested[noun]}
            == set(SWITCHES)
            <= set(taken)
        )

    @pytest.mark.parametrize(
        ("change", "field", "text"),
        [
            ({"provider": "nobody"}, "provider", "There is no provider 'nobody'. Send one of: "),
            ({"provider_type": "acme"}, "provider_type", "Send provider or provider_type, not both."),
            ({"provider": None}, "provider", "may not be null"),
            ({"colour": "red"}, "colour", "There is no such field."),
            (
                {"sync_config": {"moon_inbound_enabled": True}},
                "sync_config.moon_inbound_enabled",
                "no such switch",
            ),
            (
                {"sync_config": {"customer": {"sideways": True}}},
                "sync_config.customer_sideways_enabled",
                "no such",
            ),
            (
                {"sync_config": {"plan_inbound_enabled": "yes"}},
                "sync_config.plan_inbound_enabled",
                "true or false",
            ),
            ({"metadata": {"pin": "1234"}}, "metadata.pin", "Acme has no such credential."),
            (
                {"metadata": {"secret_key": "nonsense"}},
                "metadata",
                "secret_key must begin with test_ or live_.",
            ),
            ({"metadata": {"secret_key": ["a"]}}, "metadata.secret_key", "Not a valid string."),
            (
                {"metadata": BODY["metadata"] | {"webhook_secret": "short"}},
                "metadata.webhook_secret",
                "too short to be",
            ),
        ],
    )
    def test_refuses_by_name(self, api, server, change, field, text):
        assert_error(api.post("/v1/connections", BODY | change), 400, "invalid", **{field: text})
        assert not Connection.objects.exists()

    def test_lists_the_providers(self, api, server):
        text = api.post("/v1/connections", BODY | {"provider": "nobody"}).json()["details"]["provider"]
        assert text.endswith(f"Send one of: {', '.join(sorted(registry.providers()))}.") and "acme" in text

    def test_refuses_a_name_that_is_taken(self, api, made):
        assert_error(api.post("/v1/connections", BODY), 409, "already_taken", name="has this name")

    def test_needs_a_key_that_may_write(self, environment, server):
        assert_error(client(environment, "read").post("/v1/connections", BODY), 403, "permission_denied")

    def test_happens_once_under_one_idempotency_key(self, api, server):
        headers = {"Idempotency-Key": "once"}
        first = api.post("/v1/connections", BODY, headers=headers)
        assert api.post("/v1/connections", BODY, headers=headers).json() == first.json()
        assert Connection.objects.count() == 1


class TestChanging:
    def test_changes_only_the_named_switches(self, api, made):
        url = f"/v1/connections/{made['id']}"
        response = api.patch(url, {"name": "New", "sync_config": {"plan": {"inbound": False}}}).json()
        assert response["name"] == "New"
        assert response["sync_config"] == made["sync_config"] | {"plan_inbound_enabled": False}

    def test_changes_only_the_named_options(self, api, made):
        path = f"/v1/connections/{made['id']}"
        options = {"collects_currencies": ["usd", "EUR"], "rounds_three_decimals": True}
        assert api.patch(path, {"options": options}).status_code == 200
        api.patch(path, {"options": {"collects_countries": ["de"]}})
        assert api.get(path).json()["options"] == {
            "collects_currencies": ["USD", "EUR"],
            "collects_countries": ["DE"],
            "auto_refund_duplicates": False,
            "rounds_three_decimals": True,
            "keeps_guest_payments": True,
            "customer_owner": "",
            "plan_owner": "",
            "subscription_owner": "",
            "invoice_owner": "",
        }

    @pytest.mark.parametrize(
        ("options", "field", "text"),
        [
            ({"collects_currencies": ["USD", "XYZ"]}, "options.collects_currencies", "no currency 'XYZ'"),
            ({"collects_countries": ["D1"]}, "options.collects_countries", "no country 'D1'"),
            ({"plan_owner": "stripe"}, "options.plan_owner", "not a valid choice"),
            ({"rounds": True}, "options.rounds", "There is no such field"),
        ],
    )
    def test_refuses_options_by_name(self, api, made, options, field, text):
        answer = api.patch(f"/v1/connections/{made['id']}", {"options": options})
        assert_error(answer, 400, "invalid", **{field: text})

    def test_refuses_secrets_here(self, api, made):
        url = f"/v1/connections/{made['id']}"
        assert_error(api.patch(url, {"metadata": {}}), 400, "invalid", metadata="no such field")

    def test_pauses_and_resumes(self, api, made):
        url = f"/v1/connections/{made['id']}"
        assert api.post(f"{url}/pause").json()["status"] == "paused"
        assert api.post(f"{url}/resume").json()["status"] == "active"

    def test_continues_what_waited_at_once(self, api, made):
        connection = Connection.objects.get()
        store(connection, event_of_acme())
        api.post(f"/v1/connections/{connection.id}/pause")
        long_after = timezone.now() + timedelta(hours=1)
        assert sweep.sweep(long_after, lambda *_: True)["inbox"] == 0
        api.post(f"/v1/connections/{connection.id}/resume")
        assert sweep.sweep(timezone.now(), lambda *_: True)["inbox"] == 1

    def test_cancels_what_waits_when_it_is_deleted(self, api, made):
        sync = OutboundSync.objects.create(
            connection_id=made["id"], entity_type="customer", entity_id="cust_1"
        )
        api.delete(f"/v1/connections/{made['id']}")
        sync.refresh_from_db()
        assert (sync.state, sync.last_error) == ("cancelled", "The connection was deleted.")

    def test_deletes_the_secrets_but_not_the_history(self, api, made):
        url = f"/v1/connections/{made['id']}"
        assert api.delete(url).status_code == 204
        assert_error(api.get(url), 404, "not_found")
        assert api.get("/v1/connections").json()["items"] == []
        connection = Connection.objects.get()
        assert (connection.status, connection.credentials()) == ("archived", {})
        assert not SigningSecret.objects.exists()
        assert api.post("/v1/connections", BODY).status_code == 201, "its name is free again"


class TestSecrets:
    def test_are_replaced_with_an_overlap(self, api, made):
        before = timezone.now()
        body = {"webhook_secret": "whsec_new_secret", "overlap_seconds": 60}
        response = api.post(f"/v1/connections/{made['id']}/secrets", body).json()
        assert response["metadata"]["webhook_secret"] == "****cret"
        new, old = SigningSecret.objects.all()
        assert (new.expires_at, new.secret()) == (None, "whsec_new_secret")
        assert before < old.expires_at < timezone.now() + timedelta(seconds=60)

    def test_keep_what_is_not_replaced(self, api, made):
        api.post(f"/v1/connections/{made['id']}/secrets", {"secret_key": "test_new_key_1234"})
        assert Connection.objects.get().credentials() == {
            "public_key": "public_0123456789",
            "secret_key": "test_new_key_1234",
        }

    @pytest.mark.parametrize(
        ("body", "field", "text"),
        [
            ({"pin": "1234"}, "pin", "no such credential"),
            ({}, "body", "at least one credential"),
            ({"secret_key": "x"}, "metadata", "must begin with"),
            ({"webhook_secret": "whsec_12345", "overlap_seconds": -1}, "overlap_seconds", "greater than"),
        ],
    )
    def test_are_refused_by_name(self, api, made, body, field, text):
        response = api.post(f"/v1/connections/{made['id']}/secrets", body)
        assert_error(response, 400, "invalid", **{field: text})

    def test_of_the_other_mode_are_refused(self, api, made):
        response = api.post(f"/v1/connections/{made['id']}/secrets", {"secret_key": "live_abcdefgh"})
        assert_error(response, 409, "other_mode")
        assert Connection.objects.get().credentials()["secret_key"] == "test_abcdefghijkl"


class TestCallingTheProvider:
    def test_returns_whose_the_credentials_are(self, api, made):
        response = api.post(f"/v1/connections/{made['id']}/test")
        assert response.json() == {
            "account_id": "acme_1",
            "name": "Acme test",
            "livemode": False,
            "status": "active",
        }

    def test_activates_a_broken_connection(self, api, made):
        Connection.objects.update(status="broken", status_reason="revoked")
        assert api.post(f"/v1/connections/{made['id']}/test").json()["status"] == "active"
        assert Connection.objects.get().status_reason == ""

    def test_breaks_a_connection_whose_key_is_refused(self, api, made, server):
        server.refusal = Rejected("test_abcdefghijkl is revoked", connection_is_broken=True)
        assert_error(api.post(f"/v1/connections/{made['id']}/test"), 422, "provider_refused")
        connection = Connection.objects.get()
        assert (connection.status, connection.status_reason) == ("broken", "****ijkl is revoked")

    def test_refuses_the_key_of_another_account(self, api, made):
        Connection.objects.update(account_id="acme_2")
        body = assert_error(api.post(f"/v1/connections/{made['id']}/test"), 422, "provider_refused")
        assert body["message"].startswith("The key is of account acme_1, but this connection is of acme_2.")

    def test_registers_its_webhook_endpoint(self, api, made):
        response = api.post(f"/v1/connections/{made['id']}/webhook_endpoint").json()
        assert response == {"webhook_endpoint_id": "hook_1", "webhook_url": made["webhook_url"]}
        assert SigningSecret.objects.first().secret() == f"whsec_for_{made['webhook_url']}"


def test_other_environments_have_no_connections_here(api, server):
    other = make_connection(EnvironmentFactory().id, "acme")
    url = f"/v1/connections/{other.id}"
    assert api.get("/v1/connections").json()["pagination"]["total"] == 0
    responses = [api.get(url), api.patch(url, {"name": "x"}), api.delete(url)]
    for action in ("test", "pause", "resume", "secrets", "webhook_endpoint"):
        responses.append(api.post(f"{url}/{action}"))
    for response in responses:
        assert_error(response, 404, "not_found")
    other.refresh_from_db()
    assert (other.status, other.name) == ("active", "Test acme")
