"""The two programs that the story talks to: FlexSync's public API and the simulator, both over plain HTTP."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from demo.stage import StoryFailed

Answer = TypeVar("Answer")
PATIENCE = 30.0


class Client:
    """A JSON API behind a key; an answer that is not a success ends the story with what it said."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url = base_url
        self._http = httpx.Client(
            base_url=base_url, headers={"Authorization": f"Bearer {key}"}, timeout=40, trust_env=False
        )

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of GET ``path``."""
        return self._json(self._http.get(path, params=params))

    def post(self, path: str, body: Any = None) -> Any:
        """The JSON of POST ``path`` with a JSON body."""
        return self._json(self._http.post(path, json={} if body is None else body))

    def patch(self, path: str, body: Any) -> Any:
        """The JSON of PATCH ``path``."""
        return self._json(self._http.patch(path, json=body))

    def post_form(self, path: str, form: dict[str, str]) -> Any:
        """The JSON of POST ``path`` with a form, as Stripe takes it."""
        return self._json(self._http.post(path, data=form))

    def _json(self, response: httpx.Response) -> Any:
        if not response.is_success:
            asked = f"{response.request.method} {response.request.url}"
            raise StoryFailed(f"{asked} answered {response.status_code}: {response.text[:800]}")
        return response.json()


def until(claim: str, look: Callable[[], Answer | None], patience: float = PATIENCE) -> Answer:
    """What ``look`` sees as soon as it is something; raises StoryFailed after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.1)
    raise StoryFailed(f"{claim}: not seen within {patience:.0f} s")


def wait_for(url: str, patience: float = 60.0) -> None:
    """Returns when ``url`` answers 200."""

    def answers() -> bool:
        try:
            return httpx.get(url, trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    until(f"{url} answers", answers, patience)
