"""HTTP clients of the story: for FlexSync's public API and for the Stripe simulator."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import httpx

from demo.report import StoryFailed

Found = TypeVar("Found")
TIMEOUT = 30.0


class Client:
    """A JSON API with a key; a response other than a success ends the story and is shown."""

    def __init__(self, base_url: str, key: str) -> None:
        self.base_url = base_url
        self._http = httpx.Client(
            base_url=base_url, headers={"Authorization": f"Bearer {key}"}, timeout=40, trust_env=False
        )

    def get(self, path: str, **params: Any) -> Any:
        """Returns the JSON of GET ``path``."""
        return self._json(self._http.get(path, params=params))

    def post(self, path: str, body: Any = None) -> Any:
        """Returns the JSON of POST ``path`` with a JSON body."""
        return self._json(self._http.post(path, json={} if body is None else body))

    def patch(self, path: str, body: Any) -> Any:
        """Returns the JSON of PATCH ``path``."""
        return self._json(self._http.patch(path, json=body))

    def post_form(self, path: str, form: dict[str, str]) -> Any:
        """Returns the JSON of POST ``path`` with a form, as Stripe's API takes it."""
        return self._json(self._http.post(path, data=form))

    def _json(self, response: httpx.Response) -> Any:
        if not response.is_success:
            request = f"{response.request.method} {response.request.url}"
            raise StoryFailed(f"{request} returned {response.status_code}: {response.text[:800]}")
        return response.json()


def until(claim: str, look: Callable[[], Found | None], timeout: float = TIMEOUT) -> Found:
    """Returns the first result of ``look`` that is true; raises StoryFailed after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise StoryFailed(f"{claim}: this did not happen within {timeout:.0f} seconds")


def wait_for(url: str, timeout: float = 60.0) -> None:
    """Waits until ``url`` returns 200."""

    def is_ready() -> bool:
        try:
            return httpx.get(url, trust_env=False, timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    until(f"{url} is ready", is_ready, timeout)
