"""HTTP clients of the story: for FlexSync's public API and for the Stripe simulator."""

from typing import Any

import httpx

from demo.report import StoryFailed


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

    def delete(self, path: str) -> None:
        """Deletes what is at ``path``."""
        self._checked(self._http.delete(path))

    def post_form(self, path: str, form: dict[str, str]) -> Any:
        """Returns the JSON of POST ``path`` with a form, as Stripe's API takes it."""
        return self._json(self._http.post(path, data=form))

    def _json(self, response: httpx.Response) -> Any:
        return self._checked(response).json()

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if not response.is_success:
            request = f"{response.request.method} {response.request.url}"
            raise StoryFailed(f"{request} returned {response.status_code}: {response.text[:800]}")
        return response
