"""Waits for what other processes do."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

from demo.report import StoryFailed

Found = TypeVar("Found")
TIMEOUT = 30.0


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
