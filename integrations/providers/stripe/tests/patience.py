"""How long a test waits for an answer that does not come."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integrations.providers.stripe import client


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Within the block the provider's calls give up after so many seconds; clients made before it keep theirs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "TIMEOUTS", (seconds, seconds))
        client._client.cache_clear()
        yield
    client._client.cache_clear()
