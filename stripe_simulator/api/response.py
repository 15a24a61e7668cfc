"""What goes back: bodies, headers, and what a fault makes of them."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from ..errors import RateLimited, StripeError
from ..events import API_VERSION


@dataclass
class Answer:
    """A status and a body on their way out."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, request_id: str) -> Response:
        """The HTTP response, with the headers that Stripe always sends."""
        headers = {
            "Request-Id": request_id,
            "Stripe-Version": API_VERSION,
            "Cache-Control": "no-cache, no-store",
        }
        return Response(self.body, self.status, headers | self.headers, media_type="application/json")


def success(shown: dict[str, Any]) -> Answer:
    """A 200 with an object."""
    return Answer(200, json.dumps(shown, indent=2).encode())


def failure(error: StripeError, request_id: str, account_id: str = "acct") -> Answer:
    """An error body, complete with its request's log."""
    log = f"https://dashboard.stripe.com/{account_id}/test/workbench/logs?object={request_id}"
    body = {"error": error.body() | {"request_log_url": log}}
    headers = {"Stripe-Should-Retry": "true"} if error.status == 409 else {}
    if isinstance(error, RateLimited) and error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    return Answer(error.status, json.dumps(body, indent=2).encode(), headers)
