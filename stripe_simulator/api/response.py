"""Responses of the API: status, body and headers."""

import json
import time
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from starlette.responses import Response

from ..errors import RateLimited, StripeError
from ..events import API_VERSION


@dataclass
class ApiResponse:
    """The status, body and headers of one response."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def to_http(self, request_id: str, clock_skew: int = 0) -> Response:
        """Return the HTTP response, with the headers that Stripe always sends; its clock may be wrong."""
        headers = {
            "Date": formatdate(time.time() + clock_skew, usegmt=True),
            "Request-Id": request_id,
            "Stripe-Version": API_VERSION,
            "Cache-Control": "no-cache, no-store",
        }
        return Response(self.body, self.status, headers | self.headers, media_type="application/json")


def success(shown: dict[str, Any]) -> ApiResponse:
    """Return a 200 with an object."""
    return ApiResponse(200, json.dumps(shown, indent=2).encode())


def failure(error: StripeError, request_id: str, account_id: str = "acct") -> ApiResponse:
    """Return an error response, with the URL of the request's log."""
    log = f"https://dashboard.stripe.com/{account_id}/test/workbench/logs?object={request_id}"
    body = {"error": error.body() | {"request_log_url": log}}
    headers = {"Stripe-Should-Retry": "true"} if error.status == 409 else {}
    if isinstance(error, RateLimited) and error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    return ApiResponse(error.status, json.dumps(body, indent=2).encode(), headers)
