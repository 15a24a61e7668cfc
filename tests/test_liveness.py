"""A process says that it lives whatever its threads wait for, and that it is ready if the database is."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import pytest

from tests.served import served

# Nobody listens there.
NO_DATABASE = {
    "DATABASE_URL": "postgres://flexsync@127.0.0.1:9/flexsync",
    # Else it would not start.
    "SILENCED_SYSTEM_CHECKS": "flexsync.E005,flexsync.E006",
}
THREADS = 2


@pytest.fixture(scope="module")
def web() -> Iterator[httpx.Client]:
    with served("web", **NO_DATABASE, WEB_WORKERS="1", WEB_THREADS=str(THREADS)) as client:
        yield client


class TestLiveness:
    def test_needs_no_database(self, web: httpx.Client) -> None:
        assert web.get("/healthz").json() == {"status": "ok"}
        ready = web.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")

    def test_needs_none_of_the_threads(self, web: httpx.Client) -> None:
        answered: list[str] = []

        def ask(path: str) -> None:
            httpx.get(f"{web.base_url}{path}", timeout=60, trust_env=False)
            answered.append(path)

        address = (web.base_url.host, web.base_url.port)
        with ExitStack() as stack, ThreadPoolExecutor(2) as others:
            # Each thread waits some seconds for a request.
            for _ in range(THREADS):
                stack.enter_context(socket.create_connection(address))
            waiting = others.submit(ask, "/readyz")
            with pytest.raises(TimeoutError):
                waiting.result(timeout=1)
            others.submit(ask, "/healthz").result(timeout=60)
            waiting.result(timeout=60)
        assert answered == ["/healthz", "/readyz"]


class TestTheProcessForWebhooks:
    def test_lives_and_answers_nothing_else(self) -> None:
        with served("webhooks", **NO_DATABASE, WEBHOOKS_WORKERS="1") as webhooks:
            assert webhooks.get("/healthz").status_code == 200
            assert webhooks.get("/v1/customers").json()["code"] == "not_found"
            assert webhooks.get("/admin/").status_code == 404
            assert webhooks.post("/v1/integrations/stripe/webhook", content="{}").status_code == 503
