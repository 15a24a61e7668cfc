"""Two requests under one key at the same time, and a crash between effect and record."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from billing import events
from billing.events import Change
from billing.models import Customer, Environment, IdempotentRequest
from billing.tests.api_errors import assert_error
from billing.tests.conftest import client
from billing.tests.factories import EnvironmentFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Pause:
    """Stops the first request in the middle of its transaction."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()

    def __call__(self, _change: Change) -> None:
        self.reached.set()
        assert self.go_on.wait(10)


@pytest.fixture
def environment() -> Environment:
    return EnvironmentFactory()


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pause]:
    made = Pause()
    monkeypatch.setattr(events, "_subscribers", [made])
    yield made
    made.go_on.set()


def post(caller: APIClient, responses: list[Any]) -> None:
    try:
        responses.append(caller.post("/v1/customers", {"name": "Ada"}, HTTP_IDEMPOTENCY_KEY="k"))
    finally:
        connection.close()


class TestTwoRequestsAtOnce:
    def test_become_one_and_a_polite_refusal(self, environment: Environment, pause: Pause) -> None:
        caller, responses = client(environment), []
        first = threading.Thread(target=post, args=(caller, responses))
        first.start()
        assert pause.reached.wait(10)
        second = client(environment).post("/v1/customers", {"name": "Ada"}, HTTP_IDEMPOTENCY_KEY="k")
        assert_error(second, 409, "idempotency_key_in_use")
        assert second["Retry-After"] == "1"
        pause.go_on.set()
        first.join(10)
        assert [response.status_code for response in responses] == [201]
        assert Customer.objects.count() == 1

    def test_leave_other_keys_alone(self, environment: Environment, pause: Pause) -> None:
        caller, responses = client(environment), []
        first = threading.Thread(target=post, args=(caller, responses))
        first.start()
        assert pause.reached.wait(10)
        pause.go_on.set()
        other = client(environment).post("/v1/customers", {"name": "Bob"}, HTTP_IDEMPOTENCY_KEY="other")
        first.join(10)
        assert other.status_code == 201


class TestACrash:
    def test_leaves_neither_effect_nor_record(
        self, environment: Environment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def crash(_change: Change) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr(events, "_subscribers", [crash])
        with pytest.raises(RuntimeError):
            client(environment).post("/v1/customers", {"name": "Ada"}, HTTP_IDEMPOTENCY_KEY="k")
        assert not Customer.objects.exists()
        assert not IdempotentRequest.objects.exists()
