"""JSON in and out of the control API."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse


class BadControl(Exception):
    """The control request makes no sense; the message says why."""


async def json_body(request: Request, *known: str) -> dict[str, Any]:
    """The JSON object in a request's body, which may be empty; unknown names are refused."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise BadControl("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadControl("The body is not a JSON object.")
    unknown = body.keys() - set(known)
    if unknown:
        raise BadControl(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(known) or 'nothing'}.")
    return body


async def refuse(request: Request, error: Exception) -> JSONResponse:
    """The answer to a control request that makes no sense."""
    return JSONResponse({"error": str(error)}, 400)
