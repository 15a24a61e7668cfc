"""An HTTP client for the SDK that rehearses each call before it makes it: failing everywhere, and spoiled."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
import stripe

from stripe_simulator.errors import AttemptFailed
from stripe_simulator.state.journal import Journal, Step
from stripe_simulator.testing import SimulatorServer

from .whole_state import whole_state

_SPOILED = ("", "0", "-7", "100000000000", "no_such_thing", "é" * 5001)
_EACH, _GROWTH = 25, 1.4  # the first changes are failed one by one, later ones of a long call in strides


class Planned(Exception):
    """A failure that the rehearsal has planned."""


class FailingJournal(Journal):
    """A journal that fails before the nth change of a call, or at its end."""

    left: int | None = None

    def record(self, undo: Step) -> None:
        """Record a change, unless it is the one that fails."""
        if self.scope and self.left is not None:
            self.left -= 1
            if self.left == 0:
                raise Planned
        super().record(undo)

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """Fail at the end, if not before; an attempt that stays on record is undone too."""
        outermost = not self.scope
        with super().atomic():
            try:
                yield
            except AttemptFailed as error:
                if outermost and self.left is not None:
                    raise Planned from error
                raise
            if outermost and self.left is not None:
                raise Planned


class RehearsingClient(stripe.HTTPClient):
    """Sends each call that may change something many times: only the last time it may succeed."""

    name = "rehearsing"

    def __init__(self, server: SimulatorServer, label: str = "demo") -> None:
        super().__init__()
        self.spoils = True
        self._server, self._http = server, httpx.Client(trust_env=False, timeout=60)
        journal = server.simulator.account_with_label(label).journal
        journal.__class__ = FailingJournal
        assert isinstance(journal, FailingJournal)
        self._journal, self.refused, self.failed = journal, 0, 0

    def request(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[str, int, Mapping[str, str]]:
        """Rehearse the call, then make it."""
        if method != "get":
            self._rehearse(method, url, headers, post_data)
        return self._send(method, url, headers, post_data)

    def _rehearse(self, method: str, url: str, headers: Mapping[str, str], form: str | None) -> None:
        anew = {name: value for name, value in headers.items() if name.lower() != "idempotency-key"}
        before = whole_state(self._server)
        for step in _strides():
            reached_end = self._fail_at(step, method, url, anew, form)
            assert whole_state(self._server) == before, (method, url, form, step)
            self.failed += 1
            if reached_end:
                break
        for spoiled in _spoiled(form or "") if self.spoils else ():
            self._fail_at(10**9, method, url, anew, spoiled)
            assert whole_state(self._server) == before, (method, url, spoiled)

    def _fail_at(
        self, step: int, method: str, url: str, headers: Mapping[str, str], form: str | None
    ) -> bool:
        """Return whether the call came to its end without reaching the step."""
        self._journal.left = step
        body, status, _ = self._send(method, url, headers, form)
        reached_end, self._journal.left = self._journal.left > 0, None
        assert status != 200
        if status == 500:
            assert "Planned" in body, (method, url, form, body)
        self.refused += status < 500
        return reached_end

    def _send(
        self, method: str, url: str, headers: Mapping[str, str], form: str | None
    ) -> tuple[str, int, Mapping[str, str]]:
        response = self._http.request(method, url, headers=dict(headers), content=form or None)
        return response.text, response.status_code, response.headers

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _strides() -> Iterator[int]:
    step = 1
    while True:
        yield step
        step = step + 1 if step < _EACH else int(step * _GROWTH)


def _spoiled(form: str) -> Iterator[str]:
    """Yield the form without each of its parameters, and with other values of each."""
    pairs = parse_qsl(form, keep_blank_values=True)
    for index, (name, value) in enumerate(pairs):
        yield urlencode(pairs[:index] + pairs[index + 1 :])
        for other in _SPOILED:
            if other != value:
                yield urlencode([*pairs[:index], (name, other), *pairs[index + 1 :]])
