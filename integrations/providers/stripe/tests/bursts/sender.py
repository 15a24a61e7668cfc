"""Stripe's side of a burst: sends each event again until the webhook acknowledges it."""

import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import Any

from integrations.providers.stripe.webhook import signature

CONNECTIONS = 8
# Seconds before an event is sent again, and after which the trial fails.
PAUSE, DEADLINE = 0.1, 60.0


class Sender:
    """Posts events to one address; ``acked`` lists the events with a 200, ``broken`` every other response."""

    def __init__(self, port: int, path: str, secret: str) -> None:
        self._port, self._path, self._secret = port, path, secret
        self.acked: list[str] = []
        self.broken: list[str] = []

    def send(self, events: Iterable[dict[str, Any]]) -> None:
        """Returns once every event is acknowledged; sends them roughly in their order."""
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(self._send_until_acked, events))

    def _send_until_acked(self, event: dict[str, Any]) -> None:
        deadline = time.monotonic() + DEADLINE
        while (response := self._post(json.dumps(event).encode())) != "200":
            self.broken.append(response)
            assert time.monotonic() < deadline, response
            time.sleep(PAUSE)
        self.acked.append(event["id"])

    def _post(self, body: bytes) -> str:
        """The response's status, or the error that took its place."""
        now = str(int(time.time()))
        headers = {"Stripe-Signature": f"t={now},v1={signature(now, body, self._secret)}"}
        try:
            with closing(HTTPConnection("127.0.0.1", self._port, timeout=30)) as http:
                http.request("POST", self._path, body, headers)
                return str(http.getresponse().status)
        except (OSError, HTTPException) as error:
            return type(error).__name__
