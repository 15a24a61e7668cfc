"""Views that call a provider: the key is reserved first, the response stored afterwards."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from billing.api.base_views import EnvironmentView
from billing.models import Environment, IdempotentRequest
from billing.services import environments
from billing.tests.api_errors import assert_error

pytestmark = pytest.mark.django_db(transaction=True)


class Calling(EnvironmentView):
    """Pretends to call a provider: records what it saw, and responds as configured."""

    idempotency = "reserve"
    seen: list[bool] = []
    outcome: Any = None

    def post(self, request: Request) -> Response:
        self.seen.append(connection.in_atomic_block)
        assert IdempotentRequest.objects.get().status_code is None
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return Response({"number": len(self.seen)}, status=self.outcome)


@pytest.fixture
def call(environment: Environment) -> Any:
    _, key = environments.create_api_key(environment=environment, name="k", scope="write")
    seen: list[bool] = []

    def post(outcome: Any = 201, body: Any = None) -> Any:
        view = Calling.as_view(seen=seen, outcome=outcome)
        request = APIRequestFactory().post(
            "/x", body or {}, HTTP_IDEMPOTENCY_KEY="k", HTTP_AUTHORIZATION=f"Bearer {key}"
        )
        response = view(request)
        response = response.render() if isinstance(response, Response) else response
        response.json = lambda: __import__("json").loads(response.content)
        return response

    post.seen = seen  # type: ignore[attr-defined]
    return post


class TestAReservation:
    def test_is_committed_before_the_call_and_gets_its_response_after_it(self, call: Any) -> None:
        first, second = call(), call()
        assert call.seen == [False]
        assert (first.content, first.status_code) == (second.content, second.status_code)
        assert second["Idempotent-Replayed"] == "true"

    def test_is_given_back_when_the_call_fails(self, call: Any) -> None:
        with pytest.raises(RuntimeError):
            call(RuntimeError("no network"))
        assert call(503).status_code == 503
        assert call(201).json() == {"number": 3}

    def test_keeps_others_out_while_it_is_fresh(self, call: Any) -> None:
        call()
        IdempotentRequest.objects.update(status_code=None, answer=None)
        assert_error(call(), 409, "idempotency_key_in_use")
        assert_error(call(body={"other": "body"}), 422, "idempotency_key_reused")

    def test_is_taken_over_when_its_owner_died(self, call: Any) -> None:
        call()
        long_ago = timezone.now() - timedelta(seconds=61)
        IdempotentRequest.objects.update(status_code=None, answer=None, created_at=long_ago)
        assert call().json() == {"number": 2}
        assert call()["Idempotent-Replayed"] == "true"
