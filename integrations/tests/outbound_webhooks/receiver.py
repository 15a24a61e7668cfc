"""A receiver of webhooks: a real HTTP server that keeps what it gets and answers as it is told."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

# What a receiver answers to an event: status, headers and body.
Reply = tuple[int, dict[str, str], bytes]
OK: Reply = (200, {}, b"ok")


@dataclass
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes
    at: float
    connection: int

    @property
    def event(self) -> dict[str, Any]:
        """The event that it brought."""
        event: dict[str, Any] = json.loads(self.body)
        return event


@dataclass
class Receiver:
    """``reply``: what it answers, the event given."""

    reply: Callable[[dict[str, Any]], Reply] = lambda _event: OK
    got: list[Received] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hooks?of=books"

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that it got, in order."""
        return [one.event for one in self.got]


@contextmanager
def receiving(reply: Callable[[dict[str, Any]], Reply] = lambda _event: OK) -> Iterator[Receiver]:
    """A receiver for the length of the block."""
    receiver = Receiver(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(length := int(self.headers["Content-Length"]))
            if len(body) < length:
                # The sender has gone away in the middle of it.
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(headers, body, time.monotonic(), self.client_address[1])
            receiver.got.append(received)
            status, more, text = receiver.reply(received.event)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(text))} | more).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        # By default five connections may wait to be accepted; the system drops what comes beside them.
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """A sender that goes away is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
