"""Demos that start at the same moment do not meet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo import settings
from demo.settings import place


@pytest.fixture(autouse=True)
def ends() -> Iterator[None]:
    """What a demo's process claims is given back when it ends."""
    yield
    while settings._claims:
        settings._claims.pop().close()


class TestPorts:
    def test_of_two_demos_that_start_at_once_differ(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DEMO_WEB_PORT", raising=False)
        monkeypatch.delenv("DEMO_SIMULATOR_PORT", raising=False)
        one, other = place(tmp_path, {}), place(tmp_path, {})
        assert len({one.web_url, other.web_url, one.simulator_url, other.simulator_url}) == 4

    def test_are_those_that_are_asked_for(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DEMO_WEB_PORT", "8123")
        assert place(tmp_path, {}).web_url == "http://127.0.0.1:8123"
