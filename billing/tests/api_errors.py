"""What tests expect of the format of errors."""

from typing import Any


def assert_error(response: Any, status: int, code: str, /, **details: str) -> dict[str, Any]:
    """The response is that error: exactly those fields are named, and each message contains what is given."""
    body: dict[str, Any] = response.json()
    assert set(body) == {"code", "message", "http_status_code", "details"}, body
    assert (response.status_code, body["http_status_code"], body["code"]) == (status, status, code), body
    assert body["message"]
    assert set(body["details"]) == set(details), body
    for name, part in details.items():
        assert part in body["details"][name], body
    return body
