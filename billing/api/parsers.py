"""Reads JSON bodies: within the size limit, and refused with a reason when they are not JSON."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from billing.api.errors import ErrorResponse, register

# Integers below this are held exactly by floats.
EXACT_BELOW = 2**53


class LengthRequired(Exception):
    """A body in chunks: WSGI does not show its end, so it would be taken for an empty one."""


register(
    LengthRequired,
    lambda _error: ErrorResponse(
        "length_required", "Send the body with a Content-Length, not in chunks.", 411
    ),
    ["length_required"],
)


class Compressed(Exception):
    """A body in another form than the one that its Content-Type names."""


register(
    Compressed,
    lambda _error: ErrorResponse(
        "unsupported_media_type", "Send the body as it is, without a Content-Encoding.", 415
    ),
    ["unsupported_media_type"],
)


def require_plain(request: Request) -> None:
    """Raises Compressed for a body with a Content-Encoding, such as gzip."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Compressed


def require_length(request: Request) -> None:
    """Raises LengthRequired for a body without a length."""
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        raise LengthRequired


class BoundedJSONParser(JSONParser):
    """Takes the body through Django, which refuses more than DATA_UPLOAD_MAX_MEMORY_SIZE before reading it.

    The plain parser reads the stream itself and so knows no limit.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The JSON; raises RequestDataTooBig, or ParseError for what is not JSON, nested too deeply, or has a
        name twice.
        """
        _require_utf8(media_type or "")
        body: bytes = stream.body if hasattr(stream, "body") else stream.read()
        try:
            return json.loads(
                body.decode(), parse_constant=_no_number, parse_float=_number, object_pairs_hook=_unique
            )
        except RecursionError:
            raise ParseError("JSON parse error - it is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from None


def _require_utf8(media_type: str) -> None:
    """Raises UnsupportedMediaType: JSON is UTF-8 (https://www.rfc-editor.org/rfc/rfc8259#section-8.1)."""
    charset = parse_header_parameters(media_type)[1].get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(media_type)


def _no_number(constant: str) -> NoReturn:
    """Python reads ``NaN`` and ``Infinity``, JSON knows none."""
    raise ValueError(f"{constant} is not a number in JSON.")


def _number(text: str) -> int | float:
    """The number: an integer, as to JSON Schema, where it has no fraction and a float holds it exactly."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < EXACT_BELOW else number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object; when a name is there twice, it is unclear which value is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is there twice. Send it once.")
    return found
