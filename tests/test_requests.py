"""What every request has: an id, a limit for its key, and metrics for whom they are meant."""

from typing import Any

import pytest
import structlog
from django.test import Client
from rest_framework.test import APIClient

from billing.models import ApiKey, Environment
from billing.services import environments
from flexsync import throttling
from integrations.queue import redis_client
from integrations.tests.factories import EnvironmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def environment(db: None) -> Environment:
    return EnvironmentFactory()


def api(environment: Environment) -> APIClient:
    """A client with a key of its own."""
    _, key = environments.create_api_key(environment=environment, name="Test", scope=ApiKey.Scope.WRITE)
    return APIClient(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


class TestAnId:
    @pytest.mark.parametrize(
        "path",
        [
            "/v1/customers",
            "/v1/nothing",
            "/healthz",
            "/admin/login/",
            "/v1/integrations/stripe/webhook",
            "/v1/integrations/stripe/webhook/conn_none",
        ],
    )
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_is_in_every_answer(self, path: str, method: str) -> None:
        ids = [getattr(Client(), method)(path).headers["X-Request-ID"] for _ in range(2)]
        assert ids[0].startswith("req_") and len(ids[0]) == 36 and ids[0] != ids[1]

    def test_is_the_callers_own_where_it_gives_one(self) -> None:
        answer = Client().get("/v1/customers", headers={"X-Request-ID": "order-7/42"})
        assert (answer.status_code, answer.headers["X-Request-ID"]) == (401, "order-7/42")

    @pytest.mark.parametrize("odd", ["", "a b", "x\tlevel=error", "é", "x" * 129])
    def test_is_not_taken_over_where_it_could_forge_a_log(self, odd: str) -> None:
        assert Client().get("/healthz", headers={"X-Request-ID": odd}).headers["X-Request-ID"][:4] == "req_"

    def test_is_in_an_unexpected_error_and_its_log(
        self, environment: Environment, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        monkeypatch.setattr("billing.api.base_views.requested", lambda request: 1 / 0)
        answer = api(environment).get("/v1/customers", headers={"X-Request-ID": "mine"})
        assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, "mine")
        assert answer.json()["details"] == {"request_id": "mine"}
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        assert {
            line["request_id"] for line in lines if line["event"] in ("request_started", "request_failed")
        } == {"mine"}

    def test_is_the_one_of_the_log_where_it_was_made_here(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level("INFO")
        answer = Client().get("/v1/customers")
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        finished = [line["request_id"] for line in lines if line["event"] == "request_finished"]
        assert finished == [answer.headers["X-Request-ID"]]

    def test_is_forgotten_afterwards(self) -> None:
        Client().get("/healthz")
        assert "request_id" not in structlog.contextvars.get_contextvars()


class TestALimit:
    @pytest.fixture(autouse=True)
    def _three_a_minute(self, settings: Any) -> None:
        settings.API_RATE_LIMIT = "3/minute"

    def test_is_told_with_every_answer(self, environment: Environment) -> None:
        caller = api(environment)
        left = [caller.get("/v1/customers").headers["RateLimit"].split(";")[1] for _ in range(3)]
        assert left == ["r=2", "r=1", "r=0"]
        assert caller.get("/v1/customers").headers["RateLimit-Policy"] == '"key";q=3;w=60'

    def test_refuses_what_goes_beyond_it(self, environment: Environment) -> None:
        caller, other = api(environment), api(environment)
        statuses = [caller.post("/v1/customers", {"name": "Ada"}).status_code for _ in range(4)]
        assert statuses == [201, 201, 201, 429]
        refused = caller.get("/v1/customers")
        assert refused.json()["code"] == "throttled"
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["RateLimit"].startswith('"key";r=0;t=')
        assert other.get("/v1/customers").status_code == 200, "each key has its own"

    def test_is_counted_in_the_process_while_redis_is_away(
        self, environment: Environment, settings: Any
    ) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        caller = api(environment)
        assert [caller.get("/v1/customers").status_code for _ in range(4)] == [200, 200, 200, 429]

    def test_may_be_none(self, environment: Environment, settings: Any) -> None:
        settings.API_RATE_LIMIT = ""
        caller = api(environment)
        answers = [caller.get("/v1/customers") for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
        assert "RateLimit" not in answers[0].headers

    @pytest.fixture(autouse=True)
    def _afresh(self) -> None:
        throttling._own.cache_clear()
        redis_client._resting_until.clear()


class TestMetrics:
    def test_are_for_who_asks_from_nearby(self, settings: Any) -> None:
        assert Client().get("/metrics").status_code == 200
        assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 401
        settings.METRICS_NETWORKS = ["203.0.113.0/24"]
        assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 200
        assert Client().get("/metrics").status_code == 401

    def test_are_for_who_has_the_token(self, settings: Any) -> None:
        far = {"REMOTE_ADDR": "203.0.113.9"}
        assert Client(**far, headers={"Authorization": "Bearer "}).get("/metrics").status_code == 401
        settings.METRICS_TOKEN = "t0ken"
        refused = Client(**far, headers={"Authorization": "Bearer other"}).get("/metrics")
        assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")
        assert Client(**far, headers={"Authorization": "Bearer t0ken"}).get("/metrics").status_code == 200
