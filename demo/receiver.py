"""A program that FlexSync tells what changes: it verifies webhooks by the library, and keeps the events."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    """``secret``: of its endpoint, known once that is made. ``events``: those whose signature was right."""

    def __init__(self, port: int) -> None:
        self.url, self.secret = f"http://127.0.0.1:{port}/", ""
        self.events: list[dict[str, Any]] = []

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Keeps the event and returns the status to answer."""
        try:
            self.events.append(Webhook(self.secret).verify(body, headers))
        except WebhookVerificationError:
            return 400
        return 204


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Runs one for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Takes a webhook."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(found.take(body, dict(self.headers.items())))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The story says what arrives."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(server.server_address[1])
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
