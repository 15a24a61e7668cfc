"""FlexSync behind its proxy, and who talks to it: whole requests, or bytes as an attacker sends them."""

import json
import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from devstack.nginx import Proxy, nginx
from integrations.tests.workers import database_url
from tests.served import served
from tests.test_startup import PRODUCTION

NAME = "billing.example.com"
PROCESSES = ("web", "webhooks")
NOWHERE = "127.0.0.1:9"
# Seconds within which each answer has to come, on a machine that other tests use, too.
TIMEOUT = 30.0


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """The proxy, for a client whose address is ``source``, one of this machine's."""

    proxy: Proxy
    source: str = "127.0.0.1"

    @cached_property
    def _trusting(self) -> ssl.SSLContext:
        return self.proxy.trusting()

    def opened(self, *, receives: int = 0) -> ssl.SSLSocket:
        """A new connection; ``receives``: bytes that its system takes before anybody reads."""
        raw = socket.socket()
        if receives:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        raw.settimeout(TIMEOUT)
        raw.bind((self.source, 0))
        raw.connect(("127.0.0.1", self.proxy.https))
        return self._trusting.wrap_socket(raw, server_hostname=NAME)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """The answer to one request on a connection of its own; ``_`` in a header's name stands for ``-``."""
        with self.opened() as connection:
            connection.sendall(request(method, path, body, **headers))
            return answer(connection)

    def sent(self, raw: bytes) -> bytes:
        """All that comes back until the other side closes the connection."""
        with self.opened() as connection:
            connection.sendall(raw)
            return b"".join(iter(lambda: connection.recv(65536), b""))


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of a whole request."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    lines = [
        f"{name}: {text}" for name, text in ({"Host": NAME, "Content-Length": str(len(body))} | named).items()
    ]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


def answer(connection: ssl.SSLSocket) -> Answer:
    """The next answer on the connection."""
    response = HTTPResponse(connection)
    response.begin()
    return Answer(response.status, dict(response.getheaders()), response.read())


@contextmanager
def behind_proxy(folder: Path, **environment: str) -> Iterator[tuple[Proxy, str]]:
    """Runs both processes and the proxy in front; yields it and the address of ``webhooks``."""
    production = {name: text for name, text in PRODUCTION.items() if name != "CREDENTIAL_KEYS"}
    variables = (
        production | {"DATABASE_URL": database_url(), "LOG_LEVEL": "ERROR", "WEB_WORKERS": "1"} | environment
    )
    with ExitStack() as stack, ThreadPoolExecutor(2) as starting:
        running = starting.map(lambda name: stack.enter_context(served(name, **variables)), PROCESSES)
        places = {
            name: client.base_url.netloc.decode() for name, client in zip(PROCESSES, running, strict=True)
        }
        proxy = stack.enter_context(nginx(folder, name=NAME, **places))
        yield proxy, places["webhooks"]
