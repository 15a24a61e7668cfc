"""The format of every error: {"code", "message", "http_status_code", "details"}."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from billing.api.field_errors import flattened
from billing.errors import BillingError, Code, Conflict, Invalid, NotFound, Unavailable
from billing.persistence import time_limits
from billing.persistence.expected_versions import Outdated
from billing.texts import storable

log = structlog.get_logger(__name__)

ErrorT = TypeVar("ErrorT", bound=Exception)


@dataclass(frozen=True)
class ErrorResponse:
    """The response to an error. ``code`` is for programs, ``message`` for people, ``details`` maps field to
    message.
    """

    code: str
    message: str
    status: int
    details: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The JSON of the response. What it quotes of the request may be no text that can be sent."""
        return {
            "code": self.code,
            "message": storable(self.message),
            "http_status_code": self.status,
            "details": {
                storable(name): storable(text) if isinstance(text, str) else text
                for name, text in self.details.items()
            },
        }


_responses: dict[type[Exception], Callable[[Any], ErrorResponse]] = {}
# Every code that the API can send: docs/errors.md explains each.
codes: set[str] = {"internal_error"}


def register(
    error_class: type[ErrorT], respond: Callable[[ErrorT], ErrorResponse], codes_used: Iterable[str]
) -> None:
    """Responds to ``error_class``, and to its subclasses unless registered themselves, with
    ``respond(error)``.
    """
    _responses[error_class] = respond
    codes.update(codes_used)


def error_response(error: Exception) -> ErrorResponse | None:
    """The response to ``error``, None for an unexpected error."""
    return next((_responses[kind](error) for kind in type(error).__mro__ if kind in _responses), None)


def exception_handler(error: Exception, _context: dict[str, Any]) -> Response | None:
    """The response to ``error``; None, which becomes a 500, for an unexpected error."""
    response = error_response(error)
    if response is None:
        return None
    set_rollback()
    return Response(response.body(), status=response.status, headers=response.headers)


def _billing(status: int) -> Callable[[BillingError], ErrorResponse]:
    return lambda error: ErrorResponse(str(error.code), error.message, status, error.details)


def _rest(code: str, advice: str) -> Callable[[exceptions.APIException], ErrorResponse]:
    """The framework's message, with advice where it gives none."""
    return lambda error: ErrorResponse(
        code, f"{error.detail} {advice}".strip(), error.status_code, headers=_headers(error)
    )


def _headers(error: exceptions.APIException) -> dict[str, str]:
    """How to authenticate, or how many seconds to wait, if the error has them."""
    headers = {
        "WWW-Authenticate": getattr(error, "auth_header", None),
        "Retry-After": getattr(error, "wait", None),
    }
    return {name: str(value) for name, value in headers.items() if value}


def _invalid(error: exceptions.ValidationError) -> ErrorResponse:
    details = flattened(error.detail)
    message = "; ".join(f"{name}: {text}" for name, text in details.items())
    return ErrorResponse(Code.INVALID, message, 400, details)


def _too_large(_error: RequestDataTooBig) -> ErrorResponse:
    return ErrorResponse("body_too_large", "The body is larger than 400 KB. Send a smaller one.", 413)


def _too_many(_error: TooManyFieldsSent) -> ErrorResponse:
    return ErrorResponse(Code.INVALID, "The address has too many query parameters. Send each once.", 400)


def _no_database(error: OperationalError | InterfaceError) -> ErrorResponse:
    """The database is down, it ended a transaction because of a deadlock, or a time limit was reached."""
    if time_limits.is_lock(error):
        return _locked()
    if time_limits.is_statement(error):
        return _timed_out(error)
    log.error("database_unavailable", exc_info=error)
    message = (
        "The database is not available at the moment. Try again, with the same Idempotency-Key if you sent one:"
        " what this request has done already is not done twice."
    )
    return ErrorResponse("database_unavailable", message, 503, headers={"Retry-After": "1"})


def _locked() -> ErrorResponse:
    log.warning("row_locked")
    message = (
        f"{time_limits.LOCKED} Try again, with the same Idempotency-Key if you sent one: what this request has done"
        " already is not done twice."
    )
    return ErrorResponse("locked", message, 503, headers={"Retry-After": "1"})


def _timed_out(error: OperationalError | InterfaceError) -> ErrorResponse:
    log.error("statement_timed_out", exc_info=error)
    message = (
        "The database took too long, and was stopped. Ask for less at once, or try again, with the same"
        " Idempotency-Key if you sent one."
    )
    return ErrorResponse("timed_out", message, 503, headers={"Retry-After": "5"})


register(BillingError, _billing(409), Code)
register(Conflict, _billing(409), ())
register(Invalid, _billing(400), ())
register(NotFound, _billing(404), ())
register(Outdated, _billing(412), ())
register(Unavailable, _billing(503), ())
register(exceptions.ValidationError, _invalid, ())
register(TooManyFieldsSent, _too_many, ())
register(RequestDataTooBig, _too_large, ["body_too_large"])
register(OperationalError, _no_database, ["database_unavailable", "locked", "timed_out"])
register(InterfaceError, _no_database, ())
register(Http404, lambda _error: ErrorResponse(Code.NOT_FOUND, "There is nothing here.", 404), ())
for _class, _code, _fix in (
    (exceptions.APIException, "api_error", ""),
    (exceptions.ParseError, "malformed_json", ""),
    (
        exceptions.NotAuthenticated,
        "not_authenticated",
        "Send Authorization: Bearer <key> or x-api-key: <key>.",
    ),
    (exceptions.AuthenticationFailed, "authentication_failed", ""),
    (exceptions.PermissionDenied, "permission_denied", ""),
    (exceptions.NotFound, "not_found", ""),
    (exceptions.MethodNotAllowed, "method_not_allowed", "The API's calls are listed at /v1/docs."),
    (exceptions.NotAcceptable, "not_acceptable", "Send Accept: application/json, or nothing."),
    (exceptions.UnsupportedMediaType, "unsupported_media_type", "Send Content-Type: application/json."),
    (exceptions.Throttled, "throttled", ""),
):
    register(_class, _rest(_code, _fix), [_code])
