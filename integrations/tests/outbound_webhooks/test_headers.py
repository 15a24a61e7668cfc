"""What an endpoint's headers of its own may be."""

import pytest
from rest_framework.test import APIClient


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [{"X-Token": "1", "x-token": "2"}, {"a b": "1"}, {"Content-Type": "1"}, {"X-Token": "\n"}]
)
def test_that_cannot_be_sent_are_refused(api: APIClient, headers: dict[str, str]) -> None:
    body = {"url": "https://example.com/hooks", "headers": headers}
    answer = api.post("/v1/webhook_endpoints", body, format="json")
    assert answer.status_code == 400
    assert [name.partition(".")[0] for name in answer.json()["details"]] == ["headers"]
