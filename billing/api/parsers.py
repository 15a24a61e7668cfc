"""Reads JSON bodies: within the size limit, and refused with a reason when they are not JSON."""

from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from billing.api.errors import Answer, register


class LengthRequired(Exception):
    """A body in chunks, whose end WSGI does not show: it would be taken for an empty one."""


register(
    LengthRequired,
    lambda _error: Answer("length_required", "Send the body with a Content-Length, not in chunks.", 411),
    ["length_required"],
)


def require_length(request: Request) -> None:
    """Raises LengthRequired for a body that says no length."""
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        raise LengthRequired


class BoundedJSONParser(JSONParser):
    """Takes the body through Django, which refuses more than DATA_UPLOAD_MAX_MEMORY_SIZE before reading it.

    The plain parser reads the stream itself and so knows no limit.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The JSON; raises RequestDataTooBig, or ParseError for what is no JSON or is nested too deeply."""
        body = getattr(stream, "body", None)
        try:
            return super().parse(BytesIO(body) if body is not None else stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - it is nested too deeply.") from None
