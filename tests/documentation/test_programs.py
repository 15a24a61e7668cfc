"""The code of docs/programs.md: it hears of money once, and sends again what has to be sent again."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import httpx
import pytest
from django.db import connections

from billing.models import Environment
from billing.services import environments
from billing.tests import factories
from integrations.outbound_webhooks import feed
from tests.documentation.blocks import blocks


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names that its code defines; it does not really pause."""
    names: dict[str, Any] = {}
    for block in blocks():
        if block.page == "docs/programs.md":
            exec(block.text, names)  # noqa: S102 - it is the page's own code
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    return names


@pytest.fixture
def api(
    live_server: Any, environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    key = environments.create_api_key(environment=environment, name="program", scope="write")[1]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=live_server.url, headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def environment(transactional_db: None) -> Environment:
    return factories.EnvironmentFactory()


def test_hears_of_money_by_polling(page: dict[str, Any], api: httpx.Client) -> None:
    customer = page["send"](api, "/v1/customers", {"name": "Ada"}, "customer").json()["id"]
    lines = [{"description": "Seats", "amount": "12.50"}]
    body = {"customer_id": customer, "currency": "USD", "lines": lines}
    invoice = page["send"](api, "/v1/invoices", body, "invoice").json()["id"]
    page["send"](api, f"/v1/invoices/{invoice}/finalize", {}, "finalize")
    feed.publish_all(seconds=5)
    none, cursor = page["paid_since"](api, "0")
    assert (none, page["is_paid"](api, invoice)) == ([], False)
    money = {"customer_id": customer, "invoice_id": invoice, "amount": "12.50", "currency": "USD"}
    for _ in range(2):
        page["send"](api, "/v1/payments", money | {"status": "succeeded"}, "money").raise_for_status()
    feed.publish_all(seconds=5)
    paid, later = page["paid_since"](api, cursor)
    assert (paid, page["is_paid"](api, invoice)) == ([invoice], True)
    assert page["paid_since"](api, later) == ([], later)


@pytest.mark.parametrize(
    ("answers", "last"),
    [
        (
            (httpx.ConnectError("cut"), (503, "busy"), (409, "idempotency_key_in_use"), (429, "throttled")),
            201,
        ),
        ((), 201),
        (((409, "invoice_paid"),), 409),
        (((422, "idempotency_key_reused"),), 422),
    ],
)
def test_sends_again_under_the_same_key_what_may_be_sent_again(
    page: dict[str, Any], answers: tuple[Any, ...], last: int
) -> None:
    keys: list[str] = []
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        one = next(left, (201, ""))
        if isinstance(one, Exception):
            raise one
        return httpx.Response(one[0], json={"code": one[1]}, headers={"Retry-After": "1"})

    with httpx.Client(transport=httpx.MockTransport(answer), base_url="http://flexsync") as client:
        assert page["send"](client, "/v1/customers", {}, "k").status_code == last
    assert keys == ["k"] * (len(answers) + (last == 201))


def test_gives_up_with_what_came_last(page: dict[str, Any]) -> None:
    answers = cycle([503])
    transport = httpx.MockTransport(lambda _request: httpx.Response(next(answers), json={}))
    with httpx.Client(transport=transport, base_url="http://flexsync") as client:
        assert page["send"](client, "/v1/customers", {}, "k", tries=3).status_code == 503
