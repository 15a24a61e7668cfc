"""Who may call what of the API: every method of every address, with every kind of key."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.test import APIClient

from billing.api.base_views import EnvironmentView
from billing.models import ApiKey, Environment
from billing.services import environments
from billing.tests.factories import EnvironmentFactory
from integrations.providers.stripe.webhook import HEADER, signature
from integrations.testing import SECRET
from tests.endpoints.routes import CATCH_ALL, Endpoint, Route, endpoints, routes
from tests.endpoints.world import make_world

pytestmark = pytest.mark.django_db

# The addresses that ask for no key, and why.
PUBLIC = {
    "/": "leads to the admin",
    "/v1/schema": "describes the API",
    "/v1/docs": "describes the API",
    "/v1/integrations/{provider}/webhook": "the signature proves who sends it",
    "/v1/integrations/{provider}/webhook/{connection_id}": "the signature proves who sends it",
    "/v1/webhooks/{provider}/{tenant}/{environment}": "the signature proves who sends it",
    CATCH_ALL: "nothing is there",
    "/healthz": "tells a supervisor whether this process works",
    "/readyz": "tells a supervisor whether this process reaches its database",
    "/metrics": "has a token, and networks, of its own",
}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
# No endpoint knows it: who gets as far as being told so has passed the check of the key.
PROBE = "?no_such_parameter=1"


@pytest.fixture
def environment() -> Environment:
    return EnvironmentFactory()


def key_of(environment: Environment, scope: str, **columns: Any) -> str:
    """The text of a key."""
    key, text = environments.create_api_key(environment=environment, name=scope, scope=scope)
    ApiKey.objects.filter(pk=key.pk).update(**columns)
    return text


def answers(key: str, header: str = "HTTP_AUTHORIZATION") -> dict[Endpoint, tuple[int, str]]:
    """The status and the code with which each endpoint answers whoever has the key."""
    client, found = APIClient(), {}
    headers = {header: f"Bearer {key}" if header == "HTTP_AUTHORIZATION" else key} if key else {}
    for one in endpoints():
        response = client.generic(one.method.upper(), one.path.format_map(Anything()) + PROBE, **headers)
        found[one] = response.status_code, response.json()["code"]
    return found


class Anything(dict[str, str]):
    """Fills any part of a path."""

    def __missing__(self, name: str) -> str:
        return "stripe" if name == "provider" else "x"


def is_public(route: Route) -> bool:
    view = getattr(route.callback, "cls", None)
    return not route.path.startswith("/admin/") and not (view and issubclass(view, EnvironmentView))


class TestEveryAddress:
    def test_asks_for_a_key_unless_it_is_listed_here(self) -> None:
        assert {route.path for route in routes() if is_public(route)} == set(PUBLIC)

    def test_is_found(self) -> None:
        named = {str(one) for one in endpoints()}
        assert len(named) == len(endpoints()) > 120
        assert {"GET /v1/customers", "PATCH /v1/connections/{id}", "POST /v1/events/replay"} <= named


class TestAnEndpoint:
    @pytest.mark.parametrize("header", ["HTTP_AUTHORIZATION", "HTTP_X_API_KEY"])
    def test_takes_a_key_that_may_write_in_either_header(self, environment: Environment, header: str) -> None:
        assert set(answers(key_of(environment, "write"), header).values()) == {(400, "invalid")}

    def test_takes_a_key_that_may_read_where_nothing_is_changed(self, environment: Environment) -> None:
        for endpoint, answer in answers(key_of(environment, "read")).items():
            reads = endpoint.method.upper() in SAFE_METHODS or getattr(endpoint.view, "only_reads", False)
            assert answer == ((400, "invalid") if reads else (403, "permission_denied")), endpoint

    def test_takes_no_caller_without_a_key(self) -> None:
        assert set(answers("").values()) == {(401, "not_authenticated")}

    @pytest.mark.parametrize("key", ["unknown.key", "\xfc", "\0"])
    def test_takes_no_unknown_key(self, key: str) -> None:
        assert set(answers(key).values()) == {(401, "authentication_failed")}

    @pytest.mark.parametrize(
        "ended", [{"revoked": True}, {"expiry_date": LONG_AGO}], ids=["revoked", "expired"]
    )
    def test_takes_no_key_that_has_ended(self, environment: Environment, ended: dict[str, Any]) -> None:
        key = key_of(environment, "write", **ended)
        assert set(answers(key).values()) == {(401, "authentication_failed")}

    def test_takes_no_other_keys_secret(self, environment: Environment) -> None:
        writer, reader = (key_of(environment, scope).split(".") for scope in ("write", "read"))
        assert set(answers(f"{writer[0]}.{reader[1]}").values()) == {(401, "authentication_failed")}


class TestAWebhook:
    @pytest.mark.parametrize("named", [True, False], ids=["connection", "provider"])
    @pytest.mark.parametrize(
        ("secret", "status"), [(SECRET, 200), ("whsec_of_nobody", 400), (None, 400)], ids=str
    )
    def test_is_taken_by_its_signature_alone(
        self, environment: Environment, secret: str | None, status: int, named: bool
    ) -> None:
        world = make_world(environment)
        key = key_of(environment, "write")
        body = b'{"id": "evt_1", "object": "event", "type": "customer.updated", "created": 1, "data": {"object": {}}}'
        timestamp = str(int(timezone.now().timestamp()))
        headers = {"Authorization": f"Bearer {key}"}
        if secret:
            headers[HEADER] = f"t={timestamp},v1={signature(timestamp, body, secret)}"
        address = "/v1/integrations/stripe/webhook" + (f"/{world['connections']}" if named else "")
        response = APIClient().generic(
            "POST", address, body, content_type="application/json", headers=headers
        )
        assert response.status_code == status, response.content
