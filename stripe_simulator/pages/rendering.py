"""Render a page's template."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from ..amounts.money import shown

_TEMPLATES = Jinja2Templates(directory=Path(__file__).parent / "templates")
_TEMPLATES.env.filters["money"] = shown
_TEMPLATES.env.filters["moment"] = lambda seconds: (
    datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if seconds else ""
)


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """Return an HTML response."""
    return _TEMPLATES.TemplateResponse(request, template, context, status_code=status)


def not_found(request: Request) -> Response:
    """Return the page for an unknown URL."""
    return page(
        request,
        "message.html",
        404,
        title="Not found",
        message="This page does not exist, or it exists no longer.",
    )
