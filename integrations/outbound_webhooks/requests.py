"""One webhook by HTTP: to the address that was checked, within limits, and never redirected."""

import contextlib
import http.client
import socket
import ssl
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

import certifi
from django.utils import timezone

from integrations.outbound_webhooks.network import Refused, Target, address_of

# Seconds to connect, and for all of it.
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
# Bytes of the answer that are kept, and that are read so that the connection can be used again.
KEPT, READ = 2048, 64 * 1024
# Seconds for which an address that a name had is used.
ADDRESS_SECONDS = 30.0


@dataclass(frozen=True)
class Answer:
    """What came of a request. ``status``: None where no answer came, because of ``error``.

    ``retry_after``: the seconds that the answer asks to wait, None where it does not.
    """

    started_at: datetime
    duration_ms: int
    status: int | None = None
    error: str = ""
    response: str = ""
    retry_after: int | None = None

    @property
    def is_success(self) -> bool:
        """Whether the receiver has taken it: any 2xx says so."""
        return self.status is not None and 200 <= self.status < 300


class Route:
    """The connections to one endpoint, kept open between requests."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._idle: deque[_Connection] = deque()
        self._address, self._known_until = "", 0.0
        self._is_closed = False

    def connection(self) -> "_Connection":
        """An idle connection, or a new one to an address that has just been checked."""
        if time.monotonic() > self._known_until:
            self._close_idle()
            self._address, self._known_until = address_of(self.target), time.monotonic() + ADDRESS_SECONDS
        try:
            return self._idle.popleft()
        except IndexError:
            return _Connection(self.target, self._address)

    def keep(self, connection: "_Connection") -> None:
        """Keeps a connection that can be used again."""
        self._idle.append(connection)
        if self._is_closed:
            self._close_idle()

    def close(self) -> None:
        """Closes idle connections, now and as they become so."""
        self._is_closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.popleft().close()


class Request:
    """One request, made in a thread of its own; ``abort`` ends it from another."""

    def __init__(self, route: Route, body: bytes, headers: Mapping[str, str]) -> None:
        self._route, self._body, self._headers = route, body, headers
        self._connection: _Connection | None = None
        self._is_aborted = False
        self.ends_at = time.monotonic() + TOTAL_SECONDS

    def send(self) -> Answer:
        """Sends it and returns what came of it, whatever that is."""
        started_at, began = timezone.now(), time.monotonic()
        try:
            answer = _answer(started_at, *self._exchange())
        except (OSError, http.client.HTTPException, Refused, ValueError) as error:
            answer = Answer(started_at, 0, error=self._why(error))
        return replace(answer, duration_ms=round((time.monotonic() - began) * 1000))

    def abort(self) -> None:
        """Ends it: it has taken too long."""
        self._is_aborted = True
        if self._connection is not None:
            self._connection.abort()

    def _exchange(self) -> tuple[http.client.HTTPResponse, bytes]:
        """A connection that the other side has closed meanwhile is replaced once."""
        connection = self._connection = self._route.connection()
        was_used = connection.sock is not None
        try:
            response = self._ask(connection)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            connection.close()
            if not was_used or self._is_aborted:
                raise
            connection = self._connection = _Connection(connection.target, connection.address)
            response = self._ask(connection)
        except BaseException:
            connection.close()
            raise
        return response, self._read(connection, response)

    def _ask(self, connection: "_Connection") -> http.client.HTTPResponse:
        connection.request("POST", connection.target.path, body=self._body, headers=dict(self._headers))
        return connection.getresponse()

    def _read(self, connection: "_Connection", response: http.client.HTTPResponse) -> bytes:
        """The beginning of the answer; the rest is read if it is short, and else the connection is closed."""
        try:
            text = response.read(KEPT)
            rest = READ
            while rest > 0 and (more := response.read(min(rest, 8192))):
                rest -= len(more)
        except BaseException:
            connection.close()
            raise
        if response.isclosed() and not response.will_close and not self._is_aborted:
            self._route.keep(connection)
        else:
            connection.close()
        return text

    def _why(self, error: Exception) -> str:
        if self._is_aborted or isinstance(error, TimeoutError):
            return f"No answer within {TOTAL_SECONDS:.0f} seconds."
        return f"{type(error).__name__}: {error}"[:500]


class _Connection(http.client.HTTPConnection):
    """To an address; the host's name is what the certificate and the request have to name."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=TOTAL_SECONDS)
        self.target, self.address = target, address
        self.default_port = 443 if target.is_https else 80

    def connect(self) -> None:
        """Connects; the socket is known before the handshake, so that this can be aborted."""
        try:
            self.sock = socket.create_connection((self.address, self.port), timeout=CONNECT_SECONDS)
        except TimeoutError:
            raise ConnectionError(f"No connection within {CONNECT_SECONDS:.0f} seconds.") from None
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(TOTAL_SECONDS)
        if self.target.is_https:
            self.sock = _tls().wrap_socket(self.sock, server_hostname=self.target.host.rstrip("."))

    def abort(self) -> None:
        """Wakes whoever waits for the socket."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _answer(started_at: datetime, response: http.client.HTTPResponse, text: bytes) -> Answer:
    return Answer(
        started_at,
        0,
        status=response.status,
        # PostgreSQL keeps no null characters.
        response=text.decode("utf-8", "replace").replace("\0", "\ufffd"),
        retry_after=_seconds(response.headers.get("Retry-After", "")),
    )


def _seconds(retry_after: str) -> int | None:
    """Of a Retry-After in seconds; a date is not worth its parser."""
    return (
        int(retry_after) if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 9 else None
    )
