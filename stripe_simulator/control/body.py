"""JSON bodies of the control API."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse


class BadControl(Exception):
    """The control request is invalid; the message says why."""


async def json_body(request: Request, *known: str) -> dict[str, Any]:
    """Return the JSON object in a request's body, which may be empty; unknown names are refused."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else {}
    except ValueError:
        raise BadControl("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadControl("The body is not a JSON object.")
    unknown = body.keys() - set(known)
    if unknown:
        raise BadControl(
            f"Unknown names: {', '.join(sorted(unknown))}. Known names: {', '.join(known) or 'none'}."
        )
    return body


async def refuse(request: Request, error: Exception) -> JSONResponse:
    """Return a 400 for an invalid control request."""
    return JSONResponse({"error": str(error)}, 400)
