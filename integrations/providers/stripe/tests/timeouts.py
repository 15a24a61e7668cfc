"""How long a test waits for a response that does not come."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integrations.providers.stripe import client


@contextmanager
def call_timeout(seconds: float) -> Iterator[None]:
    """Lets calls time out after ``seconds`` within the block; clients made before it are not affected."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "TIMEOUTS", (seconds, seconds))
        patch.setattr(client, "PERSONS_TIMEOUTS", (seconds, seconds))
        client._client.cache_clear()
        yield
    client._client.cache_clear()
