"""The Idempotency-Key header of changes: the same request under the same key is carried out once, and its
response is repeated.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.api.authentication import environment_of
from billing.api.idempotency_records import KeyedRequest, find, forget, keep, lock, reserve
from billing.errors import Invalid
from billing.models import IdempotentRequest

LONGEST_KEY = 255
HEADER = "Idempotency-Key"
CHANGING = frozenset({"post", "put", "patch", "delete"})
# A reservation older than this was left by a process that died.
ABANDONED_AFTER = timedelta(seconds=60)

Handler = Callable[..., HttpResponseBase]


class IdempotentRequests(APIView):
    """Honours the header on what changes something.

    Only successes are stored, so a corrected request may use the same key.

    ``idempotency``: "transaction" commits effect and record together, for views that only touch the database;
    "reserve" commits the key first and the response afterwards, for views that call others over the network.
    """

    idempotency = "transaction"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As DRF does it, but a change with a key runs the view's own handler at most once."""
        method = str(request.method).lower()
        handler = getattr(self, method, None) if method in CHANGING else None
        if handler is None or method not in self.http_method_names or HEADER not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        self.args, self.kwargs, self.headers = args, kwargs, self.default_response_headers
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(self.request, *args, **kwargs)
            run_once = in_transaction if self.idempotency == "transaction" else reserved
            response = run_once(handler, self.request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - DRF decides what is raised again
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)  # type: ignore[arg-type]
        return self.response


def in_transaction(handler: Handler, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Responds from the record, or runs ``handler`` and stores its response in the same transaction.

    Raises KeyInUse while another request runs under the key, KeyReused when it belongs to another request.
    """
    keyed = _keyed(request)
    with transaction.atomic():
        lock(keyed)
        record = find(keyed)
        if record is not None:
            return _replayed(record)
        response = handler(request, *args, **kwargs)
        if response.status_code < 400:
            keep(reserve(keyed, timezone.now()), response.status_code, _text(response))
        return response


def reserved(handler: Handler, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Responds from the record, or reserves the key, runs ``handler`` outside any transaction and stores its
    response.

    Raises as ``in_transaction`` does. A failure releases the key.
    """
    keyed, now = _keyed(request), timezone.now()
    with transaction.atomic():
        lock(keyed)
        record = find(keyed, reserved_since=now - ABANDONED_AFTER)
        if record is not None:
            return _replayed(record)
        reservation = reserve(keyed, now)
    try:
        response = handler(request, *args, **kwargs)
    except BaseException:
        forget(reservation)
        raise
    if response.status_code < 400:
        keep(reservation, response.status_code, _text(response))
    else:
        forget(reservation)
    return response


def _keyed(request: Request) -> KeyedRequest:
    key = request.headers[HEADER]
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid.of({HEADER: f"Send 1 to {LONGEST_KEY} printable ASCII characters."})
    query = urlencode(sorted(request.query_params.items()))
    path = f"{request.method} {request.path}{'?' if query else ''}{query}"
    return KeyedRequest(environment_of(request), key, path, _content(request.data))


def _content(body: Any) -> bytes:
    """What the body says, however it is spelled: spaces and the order of its names are nothing."""
    return json.dumps(body, sort_keys=True).encode() if body else b""


class OnceResponse(Response):
    """A response with a secret, which is stored nowhere in the clear.

    ``repeated``: the fields that whoever repeats the request gets in place of it, and of what is said of it.
    """

    def __init__(self, data: Any, *, repeated: dict[str, Any], status: int) -> None:
        super().__init__(data, status=status)
        self.repeated = repeated


def _text(response: HttpResponseBase) -> str:
    """The JSON that a caller gets who repeats the request."""
    if isinstance(response, OnceResponse):
        return JSONRenderer().render({**response.data, **response.repeated}).decode()
    if isinstance(response, Response):
        return JSONRenderer().render(response.data).decode()
    return response.content.decode() if isinstance(response, HttpResponse) else ""


def _replayed(record: IdempotentRequest) -> HttpResponse:
    return HttpResponse(
        record.answer or "",
        status=record.status_code,
        content_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )
