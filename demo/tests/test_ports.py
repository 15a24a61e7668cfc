"""Demos that start at the same moment use different ports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import settings
from demo.settings import choose_settings


@pytest.fixture(autouse=True)
def _released() -> Iterator[None]:
    """Releases the ports that a demo's process would have released by ending."""
    yield
    while settings._reservations:
        settings._reservations.pop().close()


class TestPorts:
    def test_of_two_demos_that_start_at_once_differ(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DEMO_WEB_PORT", raising=False)
        monkeypatch.delenv("DEMO_WEBHOOKS_PORT", raising=False)
        monkeypatch.delenv("DEMO_SIMULATOR_PORT", raising=False)
        first, second = choose_settings(tmp_path, {}), choose_settings(tmp_path, {})
        urls = [(one.web_url, one.webhooks_url, one.simulator_url) for one in (first, second)]
        assert len({*urls[0], *urls[1]}) == 6

    def test_are_those_that_the_environment_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DEMO_WEB_PORT", "8123")
        assert choose_settings(tmp_path, {}).web_url == "http://127.0.0.1:8123"
