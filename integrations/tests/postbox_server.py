"""The server of Postbox, the provider of docs/adding_a_provider.md: it recognizes no repeated call."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "token_12345"
Row = dict[str, Any]


class Postbox(ThreadingHTTPServer):
    """What Postbox holds, by noun and id; ``loses``: nouns of calls whose answers are lost."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.rows: dict[str, dict[str, Row]] = {"contacts": {}, "bills": {}}
        self.calls: list[str] = []
        self.loses: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def save(self, noun: str, target: str, values: Row) -> Row:
        """Creates a row, or changes ``target``."""
        rows = self.rows[noun]
        name = target or f"{noun[:-1]}_{len(rows) + 1}"
        row = rows[name] = {"id": name} | rows.get(name, {}) | values
        if noun == "bills":
            row["total"] = sum(line["amount"] + line["tax"] for line in row["lines"])
            row |= {"page": f"{self.address}/{name}", "pdf": f"{self.address}/{name}.pdf"}
        return row

    def of_reference(self, noun: str, reference: str) -> list[Row]:
        return [row for row in self.rows[noun].values() if row.get("reference") == reference]


class Handler(BaseHTTPRequestHandler):
    server: Postbox

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        noun = url.path.strip("/")
        self.server.calls.append(f"GET {noun}")
        if noun == "account":
            self._answer({"id": "box_1", "name": "Post"})
        else:
            [reference] = parse_qs(url.query)["reference"]
            self._answer({"data": self.server.of_reference(noun, reference)})

    def do_POST(self) -> None:
        values = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        noun, _, target = self.path.strip("/").partition("/")
        self.server.calls.append(f"POST {noun}")
        row = self.server.save(noun, target, values)
        if noun in self.server.loses:
            self.server.loses.remove(noun)
            self.close_connection = True
        else:
            self._answer(row)

    def _answer(self, body: Row) -> None:
        self.send_response(200 if self.headers["Authorization"] == f"Bearer {TOKEN}" else 401)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_args: Any) -> None:
        """Logs nothing."""


@contextmanager
def running() -> Iterator[Postbox]:
    """A server for the length of the block."""
    with Postbox() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
