"""What these tests share: an impatient client."""

from typing import Any

import pytest

from integrations.providers.stripe import client


@pytest.fixture
def impatient(simulator: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The simulator, of which nobody waits long for an answer."""
    monkeypatch.setattr(client, "TIMEOUTS", (0.5, 0.5))
    client._client.cache_clear()
    return simulator
