"""Two programs at one connection, webhook endpoint or mapping: with If-Match neither overwrites the other."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from billing.events import Kind
from billing.tests.api_errors import assert_error
from billing.tests.test_races import at_once
from integrations.connections import credentials, manage
from integrations.errors import Missing
from integrations.gateway import circuit_breaker
from integrations.models import Connection, EntityMapping, WebhookEndpoint
from integrations.testing import make_connection, push
from integrations.tests.conftest import client
from integrations.tests.factories import CustomerFactory
from integrations.tests.outbound_webhooks.conftest import made_endpoint

# What is the provider's has no version, and FlexPrice's call names the pair that it ends.
WITHOUT = {
    "/v1/customers/{customer_id}/payment_methods/{provider}/{method_id}",
    "/v1/integrations/link",
}
# By what is changed: each call that depends on a version, and what is sent.
CHANGES: dict[str, list[tuple[str, str, Any]]] = {
    "connections": [
        ("patch", "", {"sync_config": {"plan_inbound_enabled": False}}),
        ("patch", "", {"options": {"collects_currencies": ["EUR"]}}),
        ("put", "", {"name": "Acme 2"}),
        ("post", "/pause", None),
        ("post", "/resume", None),
        ("post", "/secrets", {"secret_key": "test_another_key_0"}),
        ("post", "/secrets", {"webhook_secret": "whsec_another_one"}),
        ("delete", "", None),
    ],
    "webhook_endpoints": [
        ("patch", "", {"event_types": ["invoice.*"]}),
        ("patch", "", {"headers": {"X-Team": "books"}}),
        ("patch", "", {"enabled": False}),
        ("post", "/secrets", {}),
        ("delete", "", None),
    ],
}


@pytest.fixture
def endpoint(environment, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    return made_endpoint(environment, "http://127.0.0.1:9/hooks")


class TestAChange:
    @pytest.mark.parametrize("noun", CHANGES)
    def test_is_made_only_of_the_version_that_was_seen(self, api, connection, endpoint, noun):
        row = connection if noun == "connections" else endpoint
        address = f"/v1/{noun}/{row.pk}"
        for method, path, body in CHANGES[noun]:
            seen, send = api.get(address), getattr(api, method)
            assert seen["ETag"] == f'"{seen.json()["version"]}"'
            refused = send(f"{address}{path}", body, format="json", HTTP_IF_MATCH='"98", W/"99"')
            assert (refused.status_code, refused.json()["code"]) == (412, "outdated"), (method, path)
            assert (refused.json()["details"], refused["ETag"]) == ({"current": seen.json()}, seen["ETag"])
            done = send(f"{address}{path}", body, format="json", HTTP_IF_MATCH=f'W/{seen["ETag"]}, "98"')
            if method == "delete":
                assert (done.status_code, api.get(address).status_code) == (204, 404)
                continue
            assert done.status_code == 200, done.json()
            assert done["ETag"] == f'"{done.json()["version"]}"' == api.get(address)["ETag"] != seen["ETag"]
            assert send(f"{address}{path}", body, HTTP_IF_MATCH=seen["ETag"]).status_code == 412
        assert api.patch(address, {"name": "No"}, HTTP_IF_MATCH='"1"').status_code == 404

    def test_of_a_mapping_is_made_so_too(self, api, connection, server):
        pushed = [CustomerFactory(environment=connection.environment) for _ in range(2)]
        for one in pushed:
            assert push(connection, Kind.CUSTOMER, one.pk).state == "done"
        gone, kept = (EntityMapping.objects.get(entity_id=one.pk) for one in pushed)
        before = api.get(f"/v1/mappings/{gone.pk}")["ETag"]
        with server.state() as state:
            server.faults = {
                len(state["calls"]) + 1: {"before": Missing("No person.", object_id=gone.provider_entity_id)}
            }
        assert push(connection, Kind.CUSTOMER, pushed[0].pk).state == "blocked"
        address, body = f"/v1/mappings/{gone.pk}", {"choice": "leave", "reason": "As agreed."}
        seen = api.get(address)
        refused = api.post(f"{address}/resolve", body, HTTP_IF_MATCH=before)
        assert (refused.status_code, refused.json()["details"]["current"]) == (412, seen.json())
        done = api.post(f"{address}/resolve", body, HTTP_IF_MATCH=seen["ETag"])
        assert (done.status_code, done["ETag"] != seen["ETag"]) == (200, True)
        address, body = f"/v1/mappings/{kept.pk}", {"provider_entity_id": "peo_9", "reason": "The right one."}
        for method, path, sent in (
            ("post", "/relink", body),
            ("post", "/relink?dry_run=true", body),
            ("delete", "?reason=Wrong.", None),
            ("delete", "?dry_run=true", None),
        ):
            refused = getattr(api, method)(f"{address}{path}", sent, HTTP_IF_MATCH=before)
            assert refused.status_code == 412, (path, refused.json())

    def test_is_refused_where_nothing_depends_on_it(self, api, connection, endpoint):
        for path in (
            f"connections/{connection.pk}/test",
            f"connections/{connection.pk}/recover",
            f"webhook_endpoints/{endpoint.pk}/resend",
        ):
            assert_error(
                api.post(f"/v1/{path}", HTTP_IF_MATCH='"1"'), 400, "invalid", **{"If-Match": "Leave"}
            )


class TestAVersion:
    def test_of_a_connection_is_another_by_its_settings_only(self, api, connection):
        def tag() -> str:
            return api.get(f"/v1/connections/{connection.pk}")["ETag"]

        seen = tag()
        circuit_breaker.break_connection(connection, "It does not answer.")
        assert circuit_breaker.claim_probe(connection.pk, timezone.now() + timedelta(hours=1))
        Connection.objects.update(recovering_since=timezone.now(), account_id="acct_1")
        assert tag() == seen
        circuit_breaker.recover(connection.pk)
        assert tag() == seen
        api.post(f"/v1/connections/{connection.pk}/pause")
        assert tag() != seen
        api.post(f"/v1/connections/{connection.pk}/resume")
        assert tag() == seen

    def test_of_an_endpoint_is_another_by_its_settings_only(self, api, endpoint):
        def tag() -> str:
            return api.get(f"/v1/webhook_endpoints/{endpoint.pk}")["ETag"]

        seen, found = tag(), WebhookEndpoint.objects.filter(pk=endpoint.pk)
        found.update(
            failures=3, failing_since=timezone.now(), last_error="500", next_attempt_at=timezone.now()
        )
        assert tag() == seen
        found.update(enabled=False, disabled_reason="It has failed for days.")
        assert tag() != seen

    def test_is_there_for_all_that_is_changed_by_its_id(self):
        document = SchemaGenerator().get_schema(request=None, public=True)
        without = {
            path
            for path, methods in document["paths"].items()
            for method in {"patch", "put", "delete"} & methods.keys()
            if "If-Match" not in {one["name"] for one in methods[method]["parameters"]}
        }
        assert without == WITHOUT


def test_changes_of_different_things_keep_each_other(connection):
    """Both were read before either was made: neither writes back what it has not changed."""
    first, second = (Connection.objects.get(pk=connection.pk) for _ in range(2))
    manage.update(first, name="Renamed", switches={})
    manage.update(second, switches={"plan_inbound_enabled": False})
    overlap, now = timedelta(0), timezone.now()
    credentials.rotate(first, {"secret_key": "test_another_key_0"}, overlap=overlap, now=now)
    credentials.rotate(second, {"public_key": "public_0123456789"}, overlap=overlap, now=now)
    found = Connection.objects.get(pk=connection.pk)
    assert (found.name, found.plan_inbound_enabled) == ("Renamed", False)
    assert found.credentials() == {"secret_key": "test_another_key_0", "public_key": "public_0123456789"}
    assert found.shown_credentials == {"secret_key": "ey_0", "public_key": "6789"}


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_the_same_time_one_is_made(environment, server, settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    connection = make_connection(environment.pk, "acme", credentials={"secret_key": "test_0123456789abcd"})
    endpoint = made_endpoint(environment, "http://127.0.0.1:9/hooks")
    for address, field in (
        (f"/v1/connections/{connection.pk}", "name"),
        (f"/v1/webhook_endpoints/{endpoint.pk}", "description"),
    ):
        assert sorted(answers_at_once(environment, address, field)) == [200, 412, 412, 412]


def answers_at_once(environment, address: str, field: str) -> list[int]:
    """The statuses of four changes that begin at once, all of the version that is there before."""
    tag, found = client(environment).get(address)["ETag"], []

    def change(name: str) -> Any:
        api = client(environment)
        return lambda: found.append(
            api.patch(address, {field: name}, format="json", HTTP_IF_MATCH=tag).status_code
        )

    assert at_once(*(change(str(number)) for number in range(4))) == []
    return found
